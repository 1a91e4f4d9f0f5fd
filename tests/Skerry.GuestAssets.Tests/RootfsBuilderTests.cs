using Skerry.Core;
using Skerry.GuestAssets.Rootfs;

namespace Skerry.GuestAssets.Tests;

public sealed class RootfsBuilderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task TheTinyRoot_HoldsTheAgentAsInit_AndIsMadeAgainInPlace()
    {
        await BuildAsync(Request("tiny"));
        await BuildAsync(Request("tiny"));
        Assert.Equal("/usr/bin/kata-agent", new FileInfo(Path.Combine(Root, "sbin/init")).LinkTarget);
        Assert.Equal(["agent", "rootfs"], Directory.EnumerateFileSystemEntries(_scratch.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        RootfsAgent.Check(RootfsTree.Read(Root), "x86_64");
    }

    [Fact]
    public async Task Modules_GoWhereTheKernelLooks()
    {
        string modules = Path.GetDirectoryName(Path.GetDirectoryName(_scratch.File("6.1.0-test/kernel/virtio.ko", [1])))!;
        await BuildAsync(Request("tiny") with { ModulesDirectory = modules });
        Assert.True(File.Exists(Path.Combine(Root, "lib/modules/6.1.0-test/kernel/virtio.ko")));
    }

    [Theory]
    [InlineData("plan9", FailureKind.InvalidArgument, "plan9")]
    [InlineData("alpine", FailureKind.InvalidArgument, "no systemd")]
    public async Task WhatCannotBeMade_IsSaidBeforeAnythingIsDone(string distribution, FailureKind kind, string reason)
    {
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(Request(distribution) with { AgentIsInit = false }));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task ADirectoryOfSomethingElse_IsNotReplaced()
    {
        string precious = _scratch.File("rootfs/thesis.txt", [1]);
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(Request("tiny")));
        Assert.Equal(FailureKind.AlreadyExists, error.Kind);
        Assert.True(File.Exists(precious));
    }

    [Fact]
    public void WithSystemd_TheAgentIsAService_AndItsTargetTheDefault()
    {
        string agent = _scratch.File("agent", TestFiles.Program());
        _scratch.File("rootfs/etc/hostname", []);
        AgentInstallation.Install(Root, agent, isInit: false);
        Assert.Contains("ExecStart=/usr/bin/kata-agent --service", File.ReadAllText(Path.Combine(Root, "usr/lib/systemd/system/kata-agent.service")), StringComparison.Ordinal);
        Assert.Equal("/usr/lib/systemd/system/kata-containers.target", new FileInfo(Path.Combine(Root, "etc/systemd/system/default.target")).LinkTarget);
        Assert.Empty(File.ReadAllText(Path.Combine(Root, "etc/machine-id")));
    }

    [Fact]
    public async Task AnInitramfs_HoldsTheRootWithAnInit()
    {
        await BuildAsync(Request("tiny"));
        string output = Path.Combine(_scratch.Path, "initrd.img");
        string first = await RootfsInitramfs.WriteAsync(Root, output, "x86_64", TestContext.Current.CancellationToken);
        string second = await RootfsInitramfs.WriteAsync(Root, output, "x86_64", TestContext.Current.CancellationToken);
        Assert.Equal(first, second);
        string text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken));
        Assert.Contains("usr/bin/kata-agent\0", text, StringComparison.Ordinal);
        Assert.Contains("/sbin/init", text, StringComparison.Ordinal);
        Assert.EndsWith("TRAILER!!!", text.TrimEnd('\0'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SystemdInAnInitramfs_IsRefused()
    {
        await BuildAsync(Request("tiny"));
        File.Delete(Path.Combine(Root, "sbin/init"));
        _scratch.File("rootfs/usr/lib/systemd/systemd", TestFiles.Program());
        File.CreateSymbolicLink(Path.Combine(Root, "sbin/init"), "/usr/lib/systemd/systemd");
        var error = await Assert.ThrowsAsync<GuestAssetException>(
            () => RootfsInitramfs.WriteAsync(Root, Path.Combine(_scratch.Path, "initrd.img"), "x86_64", TestContext.Current.CancellationToken));
        Assert.Contains("AGENT_INIT", error.Hint, StringComparison.Ordinal);
    }

    private string Root => Path.Combine(_scratch.Path, "rootfs");

    private static Task<RootfsRecipe> BuildAsync(RootfsRequest request) => RootfsBuilder.BuildAsync(request, null, TestContext.Current.CancellationToken);

    private RootfsRequest Request(string distribution) => new()
    {
        Distribution = distribution,
        Directory = Root,
        AgentPath = _scratch.File("agent", TestFiles.Program()),
    };
}
