using System.Runtime.InteropServices;

namespace Skerry.Linux.Tests;

public sealed class SpawnContainerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _root;

    public SpawnContainerTests()
    {
        Busybox.Require();
        _root = Busybox.MakeRoot(_directory);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Container_SeesItsOwnWorldOnly()
    {
        SpawnRequest request = Busybox.Container(_root, "echo $$; hostname; ls /; cat /proc/1/cmdline | tr '\\0' ' '; grep -c . /proc/self/mountinfo");
        string output = await Busybox.OutputAsync(request with { Hostname = "inside" });
        Assert.Equal("1\ninside\nbin\ndev\netc\nhome\nproc\ntmp\n", output[..output.IndexOf("sh -c", StringComparison.Ordinal)]);
        Assert.EndsWith("\n4\n", "\n" + output[^2..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task MountsOfTheContainer_DoNotReachTheHost()
    {
        await Busybox.OutputAsync(Busybox.Container(_root, "true"));
        Assert.DoesNotContain(MountTable.Read(), entry => entry.Target.StartsWith(_directory.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadOnlyRoot_RefusesWritesButTmpfsOnItDoesNot()
    {
        SpawnRequest request = Busybox.Container(_root, "mkdir /tmp/x; mkdir /etc/x");
        request = request with
        {
            RootSwitch = new RootSwitch(_root, ReadOnly: true),
            MountSteps = [.. request.MountSteps, MountStep.Mount("tmpfs", "/tmp", "tmpfs")],
        };
        (ExitStatus status, string output) = await Busybox.RunAsync(request);
        Assert.Equal("mkdir: can't create directory '/etc/x': Read-only file system\n", output);
        Assert.Equal(1, status.Code);
    }

    [Fact]
    public async Task Binds_AreMadeReadOnlyAndMissingPointsAreMade()
    {
        Directory.CreateDirectory(_directory["data/sub"]);
        File.WriteAllText(_directory["data/file"], "data");
        string output = await Busybox.OutputAsync(With(
            Busybox.Container(_root, "cat /a/b/c/file /x/file; echo y 2>/dev/null >/a/b/c/new || echo ro; echo z > /x/file; cat /x/file"),
            MountStep.Bind(_directory["data"], "/a/b/c", MountFlags.MS_REC | MountFlags.MS_RDONLY),
            MountStep.Bind(_directory["data/file"], "/x/file")));
        Assert.Equal("datadataro\nz\n", output);
    }

    [Fact]
    public async Task LinksInTheRoot_DoNotLeadMountsOut()
    {
        Directory.CreateDirectory(_directory["outside"]);
        File.WriteAllText(_directory["data"], "data");
        File.CreateSymbolicLink(_root + "/etc/abs", _directory["outside"]);
        File.CreateSymbolicLink(_root + "/etc/up", "../../../../../.." + _directory["outside"]);
        File.CreateSymbolicLink(_root + "/etc/resolv.conf", "../run/systemd/resolve/stub.conf");
        File.CreateSymbolicLink(_root + "/var", "home/../lib");
        string output = await Busybox.OutputAsync(With(
            Busybox.Container(_root, $"cat /etc/resolv.conf /run/systemd/resolve/stub.conf {_directory["outside"]}/f /lib/secrets/f"),
            MountStep.Bind(_directory["data"], "/etc/abs/f"),
            MountStep.Bind(_directory["data"], "/etc/up/f"),
            MountStep.Bind(_directory["data"], "/etc/resolv.conf"),
            MountStep.Bind(_directory["data"], "/var/secrets/f")));
        Assert.Equal("datadatadatadata", output);
        Assert.Empty(Directory.GetFileSystemEntries(_directory["outside"]));
    }

    [Fact]
    public void LinkLoop_IsNamed()
    {
        File.CreateSymbolicLink(_root + "/loop", "loop/x");
        SpawnException error = Assert.Throws<SpawnException>(
            () => Spawner.Spawn(With(Busybox.Container(_root, "true"), MountStep.Mount("tmpfs", "/loop/y", "tmpfs"))));
        Assert.Equal((SpawnStage.Mount, Errno.ELOOP), (error.Stage, error.Errno));
        Assert.Contains("error mounting \"tmpfs\" to rootfs at \"/loop/y\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaskedAndReadOnlyPaths_AreCovered()
    {
        File.WriteAllText(_root + "/etc/secret", "secret");
        Directory.CreateDirectory(_root + "/etc/hidden/deep");
        string output = await Busybox.OutputAsync(With(
            Busybox.Container(_root, "cat /etc/secret; ls /etc/hidden; echo x 2>/dev/null >/proc/sys/kernel/hostname || echo ro; grep ' /home ' /proc/self/mountinfo | cut -d' ' -f6"),
            MountStep.Mask("/etc/secret"),
            MountStep.Mask("/etc/hidden"),
            MountStep.Mask("/not/there"),
            MountStep.ReadOnlyPath("/proc/sys"),
            MountStep.ReadOnlyPath("/not/there"),
            MountStep.Mount("tmpfs", "/home", "tmpfs", MountFlags.MS_NOSUID | MountFlags.MS_NODEV),
            MountStep.ReadOnlyPath("/home")));
        Assert.Equal("ro\nrw,nosuid,nodev,relatime\nro,nosuid,nodev,relatime\n", output);
    }

    [Fact]
    public async Task DevicesLinksAndDirectories_AreMade()
    {
        string output = await Busybox.OutputAsync(With(
            Busybox.Container(_root, "stat -c '%F %a %u:%g %t:%T' /dev/zero /dev/pipe /srv/dir; readlink /dev/fd; echo x > /dev/null"),
            MountStep.Device("/dev/zero", FileModes.S_IFCHR, 1, 5, 0b110_110_000, 7, 8),
            MountStep.Device("/dev/pipe", FileModes.S_IFIFO, 0, 0, 0b110_000_000),
            MountStep.Symlink("/dev/fd", "/proc/self/fd"),
            MountStep.Symlink("/dev/fd", "/proc/self/fd"),
            MountStep.MakeDirectory("/srv/dir", 0b111_000_000, 9, 10)));
        Assert.Equal(
            "character special file 660 7:8 1:5\nfifo 600 0:0 0:0\ndirectory 700 9:10 0:0\n/proc/self/fd\n",
            output);
    }

    [Fact]
    public void OtherLinkInTheWay_IsAnError()
    {
        SpawnException error = Assert.Throws<SpawnException>(
            () => Spawner.Spawn(With(Busybox.Container(_root, "true"), MountStep.Symlink("/bin/sh", "elsewhere"))));
        Assert.Equal((SpawnStage.Mount, Errno.EEXIST), (error.Stage, error.Errno));
    }

    [Fact]
    public void MissingBindSource_IsNamed()
    {
        SpawnException error = Assert.Throws<SpawnException>(
            () => Spawner.Spawn(With(Busybox.Container(_root, "true"), MountStep.Bind("/no/such", "/mnt"))));
        Assert.Equal((SpawnStage.Mount, Errno.ENOENT), (error.Stage, error.Errno));
        Assert.Contains("error mounting \"/no/such\" to rootfs at \"/mnt\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingRoot_IsNamed()
    {
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(Busybox.Container("/no/such/root", "true")));
        Assert.Equal((SpawnStage.RootDirectory, Errno.ENOENT), (error.Stage, error.Errno));
    }

    [Fact]
    public async Task ProgramOfTheContainer_IsFoundInItsOwnPath()
    {
        SpawnRequest request = Busybox.Container(_root, "");
        (ExitStatus status, string output) = await Busybox.RunAsync(request with { Path = "id", Args = ["id", "-u"] });
        Assert.Equal(("0\n", 0), (output, status.Code));
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(request with { Path = "dpkg", Args = ["dpkg"] }));
        Assert.Equal((SpawnStage.FindProgram, Errno.ENOENT), (error.Stage, error.Errno));
    }

    [Fact]
    public async Task Sysctl_IsSetInTheNamespace()
    {
        string before = File.ReadAllText("/proc/sys/kernel/msgmax");
        SpawnRequest request = Busybox.Container(_root, "cat /proc/sys/kernel/msgmax") with { Sysctls = [("kernel.msgmax", "4321")] };
        Assert.Equal("4321\n", await Busybox.OutputAsync(request));
        Assert.Equal(before, File.ReadAllText("/proc/sys/kernel/msgmax"));
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(request with { Sysctls = [("kernel.nothing", "1")] }));
        Assert.Equal((SpawnStage.Sysctl, Errno.ENOENT), (error.Stage, error.Errno));
        Assert.Contains("kernel.nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CgroupIsEnteredFirst_AndItsNamespaceBeginsThere()
    {
        const string Unified = "/sys/fs/cgroup/unified";
        string mount = File.Exists("/sys/fs/cgroup/cgroup.procs") ? "/sys/fs/cgroup" : Unified;
        Assert.SkipUnless(File.Exists(mount + "/cgroup.procs"), "needs a cgroup2 mount");
        string group = Directory.CreateDirectory($"{mount}/skerry-test-{Environment.ProcessId}").FullName;
        try
        {
            SpawnRequest request = Busybox.Container(_root, "grep ^0 /proc/self/cgroup") with { CgroupProcsFiles = [group + "/cgroup.procs"] };
            Assert.Equal($"0::/{Path.GetFileName(group)}\n", await Busybox.OutputAsync(request));
            request = request with { Namespaces = request.Namespaces | CloneFlags.CLONE_NEWCGROUP };
            Assert.Equal("0::/\n", await Busybox.OutputAsync(request));
            SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(request with { CgroupProcsFiles = [group + "/no/cgroup.procs"] }));
            Assert.Equal((SpawnStage.Cgroup, Errno.ENOENT), (error.Stage, error.Errno));
        }
        finally
        {
            await RemoveGroupAsync(group);
        }
    }

    [Fact]
    public async Task Joined_ProcessSeesTheContainersWorld()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        (FileDescriptor input, FileDescriptor holder) = Pipes.Create();
        SpawnRequest container = Busybox.Container(_root, "echo up; read x; exit 9") with { Hostname = "joined", Stdin = input, Stdout = write };
        using SpawnedProcess init = Spawner.Spawn(container);
        write.Dispose();
        input.Dispose();
        using (holder)
        using (read)
        {
            read.Read(new byte[8]);
            SpawnRequest join = Busybox.Container(_root, "hostname; ls /; cat /proc/1/cmdline | tr '\\0' ' '; echo; test $$ -gt 1 && echo child") with
            {
                Namespaces = CloneFlags.None,
                RootSwitch = null,
                MountSteps = [],
            };
            const string Expected = "joined\nbin\ndev\netc\nhome\nproc\ntmp\nsh -c echo up; read x; exit 9 \nchild\n";
            SpawnRequest byPidFd = join with { JoinNamespaces = [(init.PidFd, Busybox.ContainerNamespaces)] };
            Assert.Equal(Expected, await Busybox.OutputAsync(byPidFd));

            CloneFlags[] kinds = [CloneFlags.CLONE_NEWNS, CloneFlags.CLONE_NEWPID, CloneFlags.CLONE_NEWUTS, CloneFlags.CLONE_NEWIPC];
            List<(SafeHandle Source, CloneFlags Kind)> files = [.. kinds.Select(kind => ((SafeHandle)Namespaces.Open(init.Pid, kind), kind))];
            Assert.Equal(Expected, await Busybox.OutputAsync(join with { JoinNamespaces = files }));
            files.ForEach(file => file.Source.Dispose());

            // The thread that cloned into the container's pid namespace is back in ours.
            Assert.DoesNotContain("\n1\n", "\n" + await Busybox.OutputAsync(Busybox.Shell("echo $$")), StringComparison.Ordinal);
            SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(byPidFd with { Path = "dpkg", Args = ["dpkg"] }));
            Assert.Equal((SpawnStage.FindProgram, Errno.ENOENT), (error.Stage, error.Errno));
            holder.Write("\n"u8);
            Assert.Equal(9, (await init.WaitAsync(TestContext.Current.CancellationToken)).Code);
            error = Assert.Throws<SpawnException>(() => Spawner.Spawn(byPidFd));
            Assert.Equal((SpawnStage.JoinNamespace, Errno.ESRCH), (error.Stage, error.Errno));
        }
    }

    [Fact]
    public async Task EndOfTheContainersInit_EndsEverythingInIt()
    {
        SpawnRequest request = Busybox.Container(_root, "sleep 1000 & sleep 1000 & exit 2");
        (ExitStatus status, string output) = await Busybox.RunAsync(request);
        Assert.Equal((2, ""), (status.Code, output));
    }

    private static SpawnRequest With(SpawnRequest request, params MountStep[] steps) => request with { MountSteps = [.. request.MountSteps, .. steps] };

    private static async Task RemoveGroupAsync(string group)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(group);
                return;
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }
}
