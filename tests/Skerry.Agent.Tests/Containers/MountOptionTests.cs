using Skerry.Agent.Tests.Harness;
using Skerry.Linux;
using Skerry.Protocols.Agent.Oci;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Tests.Containers;

/// <summary>Options of mounts that runtimes know and mount(8) does not.</summary>
public sealed class MountOptionTests : IAsyncLifetime
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

    [Fact]
    public async Task Tmpcopyup_KeepsWhatItCovers()
    {
        ContainerBuilder builder = _agent.Container("c1").AddMount("/etc", "tmpfs", "tmpfs", "tmpcopyup", "nosuid", "size=1m");
        string etc = $"{builder.Rootfs.Path}/etc";
        Directory.CreateDirectory($"{etc}/deep");
        File.WriteAllText($"{etc}/deep/file", "kept");
        File.CreateSymbolicLink($"{etc}/link", "deep/file");
        File.SetUnixFileMode(etc, (UnixFileMode)0b111_101_000);

        ProcessResult seen = await builder.Shell(
            "cat /etc/link; echo; stat -c %a /etc; head -1 /etc/passwd; echo new > /etc/new; grep ' /etc ' /proc/mounts | cut -d' ' -f3,4 | cut -d, -f1,2").RunAsync();

        Assert.Equal("kept\n750\nroot:x:0:0:root:/root:/bin/sh\ntmpfs rw,nosuid", seen.Text);
        Assert.False(File.Exists($"{etc}/new"));
        Assert.DoesNotContain(_agent.Paths.Run, File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATmpfs_HasThePermissionsOfWhatItCovers()
    {
        ContainerBuilder builder = _agent.Container("c1").AddMount("/etc", "tmpfs", "tmpfs").AddMount("/tmp", "tmpfs", "tmpfs", "mode=700");
        File.SetUnixFileMode($"{builder.Rootfs.Path}/etc", (UnixFileMode)0b111_101_001);

        Assert.Equal("751\n700", (await builder.Run("stat", "-c", "%a", "/etc", "/tmp").RunAsync()).Text);
    }

    [Fact]
    public async Task AReadOnlyTmpfs_IsOneMount()
    {
        ProcessResult seen = await _agent.Container("c1").AddMount("/m", "tmpfs", "tmpfs", "ro", "nodev")
            .Shell("grep ' /m ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1,2; touch /m/x 2>/dev/null || echo refused").RunAsync();

        Assert.Equal("ro,nodev\nrefused", seen.Text);
    }

    [Fact]
    public async Task Rro_HoldsForTheMountsBelow_WhereRoDoesNot()
    {
        string source = Directory.CreateDirectory($"{_agent.DirectoryPath}/tree/below").Parent!.FullName;
        Mounts.Mount("tmpfs", $"{source}/below", "tmpfs");
        try
        {
            ProcessResult seen = await _agent.Container("c1")
                .AddMount("/ro", "bind", source, "rbind", "ro").AddMount("/rro", "bind", source, "rbind", "rro")
                .Shell("for f in /ro/x /ro/below/x /rro/y /rro/below/y; do touch $f 2>/dev/null && echo $f; done; true").RunAsync();

            Assert.Equal("/ro/below/x", seen.Text);
        }
        finally
        {
            Mounts.Unmount($"{source}/below", UnmountFlags.MNT_DETACH);
        }
    }

    [Fact]
    public async Task ALinkToBeCopied_IsNotFollowed()
    {
        string link = $"{_agent.DirectoryPath}/link";
        File.CreateSymbolicLink(link, "/etc/passwd");

        ProcessResult seen = await _agent.Container("c1").AddMount("/given", "bind", link, "rbind", "copysymlink").Run("readlink", "/given").RunAsync();

        Assert.Equal("/etc/passwd", seen.Text);
    }

    [Fact]
    public async Task AMaskedFile_IsTheContainersOwnNullDevice()
    {
        ProcessResult seen = await _agent.Container("c1")
            .Shell("chmod 600 /proc/keys; stat -c %a /dev/null; grep ' /proc/keys ' /proc/self/mountinfo | grep -o tmpfs").RunAsync();

        Assert.Equal("600\ntmpfs\ntmpfs", seen.Text);
        Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode("/dev/null"));
    }

    [Fact]
    public async Task ADeviceFileWhereALinkBelongs_GivesWayToTheLink()
    {
        ProcessResult seen = await _agent.Container("c1")
            .With(r => r.OCI.Linux.Devices.Add(new LinuxDevice { Path = "/dev/ptmx", Type = "c", Major = 5, Minor = 2 })).Run("readlink", "/dev/ptmx").RunAsync();

        Assert.Equal("pts/ptmx", seen.Text);
    }

    [Theory]
    [InlineData("tmpfs", "foo=bar", TtrpcStatusCode.InvalidArgument, "error mounting \"x\" to rootfs at \"/m\": mount x:/m, data: foo=bar: invalid argument")]
    [InlineData("nosuchfs", "ro", TtrpcStatusCode.Unknown, "error mounting \"x\" to rootfs at \"/m\": mount x:/m, flags: 0x1: no such device")]
    [InlineData("bind", "idmap", TtrpcStatusCode.Unimplemented, "idmap")]
    public async Task AMountThatCannotBe_IsToldInRuncsWords(string type, string option, TtrpcStatusCode code, string words)
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1").AddMount("/m", type, "x", option).Run("true").CreateAsync());

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(code == TtrpcStatusCode.Unknown || code == error.Code, error.Code.ToString());
    }

    [Fact]
    public async Task AUserNamespace_IsRefusedByName()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1")
            .With(r => r.OCI.Linux.UIDMappings.Add(new LinuxIDMapping { HostID = 1000, Size = 10 })).Run("true").CreateAsync());

        Assert.Equal(TtrpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("user namespace", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeviceRules_ReachTheCgroup()
    {
        ContainerBuilder builder = _agent.Container("c1").With(r => r.OCI.Linux.Resources = new LinuxResources
        {
            Devices = { new LinuxDeviceCgroup { Allow = false, Access = "rwm", Major = -1, Minor = -1 } },
        });
        builder.Spec.Process.Capabilities.Bounding.Add("CAP_SYS_ADMIN");
        ProcessResult seen = await builder.Shell("mknod /dev/loop0 b 7 0; head -c 1 /dev/loop0 2>&1 | grep -o 'not permitted'; head -c 1 /dev/zero | wc -c").RunAsync();

        Assert.Equal("not permitted\n1", seen.Text);
    }
}
