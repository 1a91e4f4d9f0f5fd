using Skerry.Core;
using Skerry.Hypervisor.VirtioFs;
using Skerry.Linux;

namespace Skerry.Hypervisor.Tests;

[Trait("Category", "Vm")]
public sealed class VirtioFsDaemonTests(GuestFixture guest) : IClassFixture<GuestFixture>, IDisposable
{
    private const string Daemon = "/usr/lib/qemu/virtiofsd";
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("microvm")]
    [InlineData("q35")]
    public async Task SharedFile_IsReadByTheGuest_AndTheDaemonEndsWithTheMachine(string machineType)
    {
        VirtioFsDaemonConfig config = Config();
        await File.WriteAllTextAsync(Path.Combine(config.SharedDirectory, "greeting"), "from the host\n", TestContext.Current.CancellationToken);
        await using VirtioFsDaemon daemon = VirtioFsDaemon.Start(config);
        await using (TestMachine vm = await guest.BootAsync("share", machineType, machine => machine with
        {
            SharedDirectories = [new SharedDirectory { Tag = "kataShared", SocketPath = daemon.SocketPath }],
        }))
        {
            await vm.WaitUntilReadyAsync();
            Assert.Equal("from the host", await vm.AskAsync("read /share/greeting"));
            Assert.Equal("nothing", await vm.AskAsync("read /share/missing"));
            await vm.Machine.StopAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        }

        ExitStatus status = await daemon.Exited.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(0, status.ShellCode);
    }

    [Fact]
    public async Task UnusedDaemon_StopsWhenAsked_AndLeavesNoSocket()
    {
        VirtioFsDaemon daemon = VirtioFsDaemon.Start(Config());
        await daemon.StopAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.True(daemon.Exited.IsCompleted);
        await daemon.DisposeAsync();
        await daemon.DisposeAsync();
        Assert.False(File.Exists(daemon.SocketPath));
    }

    [Fact]
    public void MissingDaemon_ErrorNamesThePackage()
    {
        var error = Assert.Throws<HypervisorException>(() => VirtioFsDaemon.Start(Config() with { Path = "/nowhere/virtiofsd" }));
        Assert.Equal(FailureKind.HostDenied, error.Kind);
        Assert.Contains("/nowhere/virtiofsd", error.Message, StringComparison.Ordinal);
        Assert.Contains("qemu-system-common", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingDirectory_ErrorNamesIt()
    {
        var error = Assert.Throws<HypervisorException>(() => VirtioFsDaemon.Start(Config() with { SharedDirectory = "/nowhere/shared" }));
        Assert.Equal(FailureKind.NotFound, error.Kind);
    }

    [Fact]
    public async Task RefusedOption_IsSaidByTheDaemon()
    {
        await using VirtioFsDaemon daemon = VirtioFsDaemon.Start(Config() with { ExtraArguments = ["-o", "no_such_option"] });
        ExitStatus status = await daemon.Exited.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, status.ShellCode);
        Assert.Contains("no_such_option", daemon.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InstalledDaemon_IsKnownByItsDialect() => Assert.Equal(VirtioFsDialect.C, VirtioFsDialects.Detect(Config().Path));

    private VirtioFsDaemonConfig Config()
    {
        Assert.SkipUnless(File.Exists(Daemon), $"{Daemon} is not installed");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the daemon's sandbox needs root");
        return new VirtioFsDaemonConfig
        {
            Path = Daemon,
            SharedDirectory = Directory.CreateDirectory(_scratch["shared"]).FullName,
            SocketPath = _scratch["virtiofsd.sock"],
        };
    }
}
