using Skerry.Agent.Tests.Harness;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;
using Skerry.Protocols.Ttrpc;
using OciLinux = Skerry.Protocols.Agent.Oci.Linux;

namespace Skerry.Agent.Tests.Processes;

/// <summary>What a container's process finds: who it is, what it may do, what it sees.</summary>
public sealed class ProcessSetupTests : IAsyncLifetime
{
    private AgentHarness _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await AgentHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("foo", TtrpcStatusCode.NotFound, "exec: \"foo\": executable file not found in $PATH")]
    [InlineData("/bin/foo", TtrpcStatusCode.NotFound, "exec: \"/bin/foo\": stat /bin/foo: no such file or directory")]
    [InlineData("/etc/passwd", TtrpcStatusCode.PermissionDenied, "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/etc", TtrpcStatusCode.PermissionDenied, "exec: \"/etc\": is a directory")]
    public async Task AWrongCommand_FailsTheCreationInRuncsWords(string command, TtrpcStatusCode code, string message)
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1").Run(command).CreateAsync());

        Assert.Equal((code, message), (error.Code, error.Message));
        Assert.Empty(Directory.GetDirectories($"{_agent.Paths.Cgroups}/containers"));
    }

    [Fact]
    public async Task AFileThatIsNoProgram_FailsTheStart()
    {
        ContainerBuilder builder = _agent.Container("c1").Run("/text");
        File.WriteAllText($"{builder.Rootfs.Path}/text", "no program");
        File.SetUnixFileMode($"{builder.Rootfs.Path}/text", (UnixFileMode)0b111_101_101);
        await using TestContainer container = await builder.CreateAsync();

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(container.StartAsync);

        Assert.Equal((TtrpcStatusCode.PermissionDenied, "exec /text: exec format error"), (error.Code, error.Message.ToLowerInvariant()));
    }

    [Fact]
    public async Task AProcessWithoutArguments_IsRefused()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1").CreateAsync());

        Assert.Equal(TtrpcStatusCode.InvalidArgument, error.Code);
    }

    [Fact]
    public async Task ItsNamespaces_AreItsOwn()
    {
        await _agent.CallAsync("CreateSandbox", new CreateSandboxRequest { Hostname = "island" });

        ProcessResult result = await _agent.Container("c1")
            .Shell("echo $$; hostname; cat /proc/self/cgroup; for n in mnt pid ipc uts cgroup; do readlink /proc/self/ns/$n; done").RunAsync();

        string[] lines = result.Text.Split('\n');
        Assert.Equal(["1", "island"], lines[..2]);
        Assert.Contains("0::/", lines);
        string[] ours = [.. new[] { "mnt", "pid", "ipc", "uts", "cgroup" }.Select(n => new FileInfo($"/proc/self/ns/{n}").LinkTarget!)];
        Assert.Empty(ours.Intersect(lines));
    }

    [Fact]
    public async Task ContainersOfASandbox_ShareIpcAndUtsOnly()
    {
        const string Script = "for n in ipc uts pid mnt; do readlink /proc/self/ns/$n; done";
        await using TestContainer running = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        string[] first = (await running.RunExecAsync("e1", "sh", "-c", Script)).Text.Split('\n');
        string[] second = (await _agent.Container("c2").Shell(Script).RunAsync()).Text.Split('\n');

        Assert.Equal(first[..2], second[..2]);
        Assert.NotEqual(first[3], second[3]);
    }

    [Fact]
    public async Task ASharedPidNamespace_ShowsTheOtherContainer()
    {
        await _agent.CallAsync("CreateSandbox", new CreateSandboxRequest { SandboxPidns = true });
        await using TestContainer pause = await _agent.Container("pause").With(r => r.SandboxPidns = true).Run("sleep", "1234").StartAsync();

        ProcessResult result = await _agent.Container("c1").With(r => r.SandboxPidns = true).Shell("echo $$; ps").RunAsync();

        Assert.NotEqual("1", result.Text.Split('\n')[0]);
        Assert.Contains("sleep 1234", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheUserIsFoundByNameInTheContainersFiles()
    {
        ProcessResult result = await _agent.Container("c1").With(r => r.StringUser = new StringUser { Uid = "web" })
            .Shell("id -u; id -g; id -G; echo $HOME; grep -e CapEff -e CapBnd /proc/self/status").RunAsync();

        Assert.Equal(["33", "44", "44 50", "/home/web", "CapEff:\t0000000000000000", "CapBnd:\t00000000a80425fb"], result.Text.Split('\n').Order(LineOrder));
    }

    private static readonly Comparer<string> LineOrder = Comparer<string>.Create((a, b) => Rank(a).CompareTo(Rank(b)));

    private static int Rank(string line) => line.StartsWith("CapEff", StringComparison.Ordinal) ? 1 : line.StartsWith("CapBnd", StringComparison.Ordinal) ? 2 : 0;

    [Fact]
    public async Task AnUnknownUser_FailsTheCreation()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.Container("c1").With(r => r.StringUser = new StringUser { Uid = "nobody" }).Run("true").CreateAsync());

        Assert.Contains("unable to find user nobody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_AreThoseOfTheSpec()
    {
        ProcessResult result = await _agent.Container("c1").With(r =>
        {
            Process process = r.OCI.Process;
            process.User = new User { UID = 7, GID = 8, AdditionalGids = { 9, 10 } };
            process.Rlimits.Add(new POSIXRlimit { Type = "RLIMIT_NOFILE", Soft = 77, Hard = 99 });
            process.OOMScoreAdj = 123;
            process.Capabilities = new LinuxCapabilities
            {
                Bounding = { "CAP_KILL", "CAP_NOT_INVENTED" },
                Permitted = { "CAP_KILL" },
                Effective = { "CAP_KILL" },
                Inheritable = { "CAP_KILL" },
                Ambient = { "CAP_KILL" },
            };
        }).Shell("id -u; id -g; id -G; ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj; umask; grep -e '^Cap' -e NoNew /proc/self/status").RunAsync();

        Assert.Equal(
            [
                "7", "8", "8 9 10", "77", "99", "123", "0022", "CapInh:\t0000000000000020", "CapPrm:\t0000000000000020", "CapEff:\t0000000000000020",
                "CapBnd:\t0000000000000020", "CapAmb:\t0000000000000020", "NoNewPrivs:\t1",
            ],
            result.Text.Split('\n'));
    }

    [Fact]
    public async Task ASeccompProfile_IsObeyed_AlsoByFurtherProcesses()
    {
        await using TestContainer container = await _agent.Container("c1").With(r => r.OCI.Linux.Seccomp = new LinuxSeccomp
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Architectures = { "SCMP_ARCH_X86_64" },
            Syscalls = { new LinuxSyscall { Names = { "mkdir", "mkdirat" }, Action = "SCMP_ACT_ERRNO", Errnoret = 95 } },
        }).Shell("mkdir /x 2>&1; grep Seccomp: /proc/self/status; sleep 1000").StartAsync();

        string text = await container.Streams!.ReadUntilAsync("Seccomp:\t2");
        ProcessResult exec = await container.RunExecAsync("e1", "mkdir", "/y");

        Assert.Contains("not supported", text, StringComparison.Ordinal);
        Assert.Equal(1, exec.Status);
        Assert.Contains("not supported", exec.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDefaultDevices_Work()
    {
        ProcessResult result = await _agent.Container("c1").Shell(
            "echo x > /dev/null && head -c 3 /dev/zero | wc -c; head -c 2 /dev/urandom | wc -c; for l in ptmx fd stdin; do readlink /dev/$l; done; stat -c %a%F /dev/tty").RunAsync();

        Assert.Equal(["3", "2", "pts/ptmx", "/proc/self/fd", "/proc/self/fd/0", "666character special file"], result.Text.Split('\n').Select(l => l.Trim()));
    }

    [Fact]
    public async Task ADeviceOfTheSpec_IsMade()
    {
        ProcessResult result = await _agent.Container("c1").With(r => r.OCI.Linux.Devices.Add(
            new LinuxDevice { Path = "/dev/deep/nul", Type = "c", Major = 1, Minor = 3, FileMode = 0b110_000_000, UID = 5, GID = 6 })).Shell("stat -c '%a %u %g %t:%T' /dev/deep/nul").RunAsync();

        Assert.Equal("600 5 6 1:3", result.Text);
    }

    [Fact]
    public async Task MaskedAndReadOnlyPaths_AreCovered()
    {
        ContainerBuilder builder = _agent.Container("c1");
        File.WriteAllText($"{builder.Rootfs.Path}/secret", "secret");
        Directory.CreateDirectory($"{builder.Rootfs.Path}/hidden/below");
        builder.Spec.Linux.MaskedPaths.AddRange(["/secret", "/hidden", "/not/there"]);
        builder.Spec.Linux.ReadonlyPaths.AddRange(["/etc", "/not/there/either"]);

        ProcessResult result = await builder.Shell("wc -c < /secret; ls /hidden | wc -l; touch /etc/x 2>&1 || echo refused; echo 1 > /proc/sys/kernel/x 2>/dev/null || echo no").RunAsync();

        Assert.Equal(["0", "0", "touch: /etc/x: Read-only file system", "refused", "no"], result.Text.Split('\n').Select(l => l.Trim()));
    }

    [Fact]
    public async Task AReadOnlyRoot_HasWritableMounts()
    {
        ProcessResult result = await _agent.Container("c1").With(r => r.OCI.Root.Readonly = true).AddMount("/run", "tmpfs", "tmpfs", "size=1m")
            .Shell("touch /x 2>/dev/null || echo root refused; touch /run/x && echo run written").RunAsync();

        Assert.Equal("root refused\nrun written", result.Text);
    }

    [Fact]
    public async Task MountOptions_AreObeyed()
    {
        ContainerBuilder builder = _agent.Container("c1");
        string volume = Directory.CreateDirectory($"{_agent.DirectoryPath}/volume").FullName;
        File.WriteAllText($"{volume}/file", "shared");
        File.WriteAllText($"{_agent.DirectoryPath}/single", "single");
        builder.AddMount("/data", "bind", volume, "rbind", "ro", "nosuid", "rprivate")
            .AddMount("/etc/single", "bind", $"{_agent.DirectoryPath}/single", "bind", "rw")
            .AddMount("/small", "tmpfs", "tmpfs", "size=64k", "mode=1770", "noexec", "ro")
            .AddMount("/cg", "cgroup", "cgroup", "ro", "nosuid");

        ProcessResult result = await builder.Shell(
            "cat /data/file; echo; touch /data/x 2>/dev/null || echo ro; cat /etc/single; echo; stat -c %a /small; touch /small/x 2>/dev/null || echo ro; "
            + "grep -c ' /data .*ro.*nosuid' /proc/mounts; ls /cg/cgroup.procs").RunAsync();

        Assert.Equal(["shared", "ro", "single", "1770", "ro", "1", "/cg/cgroup.procs"], result.Text.Split('\n'));
        Assert.Equal("single", File.ReadAllText($"{_agent.DirectoryPath}/single"));
    }

    [Fact]
    public async Task AMountThatFails_IsNamed()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.Container("c1").AddMount("/data", "bind", "/no/such/source", "rbind").Run("true").CreateAsync());

        Assert.Contains("/no/such/source", error.Message, StringComparison.Ordinal);
        Assert.Contains("/data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MountPoints_AreMadeInsideTheRoot()
    {
        ContainerBuilder builder = _agent.Container("c1");
        string outside = Directory.CreateDirectory($"{_agent.DirectoryPath}/outside").FullName;
        File.CreateSymbolicLink($"{builder.Rootfs.Path}/link", outside);

        ProcessResult result = await builder.AddMount("/link/sub", "tmpfs", "tmpfs", "size=64k").Shell($"grep -c '{outside}/sub' /proc/mounts").RunAsync();

        Assert.Equal("1", result.Text);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task TheWorkingDirectory_IsMadeForTheInitOnly()
    {
        await using TestContainer container = await _agent.Container("c1").With(r => r.OCI.Process.Cwd = "/srv/deep").Shell("pwd; sleep 1000").StartAsync();
        await container.Streams!.ReadUntilAsync("/srv/deep\n");

        Process process = ContainerBuilder.NewProcess("pwd");
        process.Cwd = "/nowhere";
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => container.ExecAsync("e1", process));

        Assert.Contains("chdir to cwd (\"/nowhere\") set in config.json failed: no such file or directory", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Sysctls_AreSetInTheSharedNamespaces()
    {
        ProcessResult result = await _agent.Container("c1").With(r => r.OCI.Linux.Sysctl["kernel.msgmax"] = "12345").Run("cat", "/proc/sys/kernel/msgmax").RunAsync();

        Assert.Equal("12345", result.Text);
    }

    [Fact]
    public async Task ABrokenPipe_EndsTheWriter()
    {
        ProcessResult result = await _agent.Container("c1").Shell("yes | head -n 1; echo ${PIPESTATUS:-done}").RunAsync();

        Assert.Equal("y\ndone", result.Text);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("ro")]
    public async Task AnUnknownRootPropagation_IsRefused(string word)
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.Container("c1").With(r => (r.OCI.Linux ??= new OciLinux()).RootfsPropagation = word).Run("true").CreateAsync());

        Assert.Equal(TtrpcStatusCode.InvalidArgument, error.Code);
    }

    [Theory]
    [InlineData("rshared")]
    [InlineData("rslave")]
    [InlineData("private")]
    public async Task ARootPropagation_IsApplied(string word)
    {
        ProcessResult result = await _agent.Container("c1").With(r => r.OCI.Linux.RootfsPropagation = word).Shell("awk '$5 == \"/\"' /proc/self/mountinfo").RunAsync();

        Assert.Equal(0, result.Status);
        Assert.Equal(word == "rshared", result.Output.Contains("shared:", StringComparison.Ordinal));
    }
}
