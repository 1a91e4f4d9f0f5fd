using Microsoft.Extensions.Logging.Abstractions;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Sandbox.Tests.Records;

public sealed class SandboxCleanupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("skerry-cleanup-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatADeadShimLeft_IsTakenBack_TwiceInARow()
    {
        SandboxPaths paths = MakeState("s1");
        using SpawnedProcess process = Spawner.Spawn(new SpawnRequest { Path = "/bin/sleep", Args = ["sleep", "1000"] });
        string socket = Path.Combine(_root, "outside.sock");
        File.WriteAllText(socket, string.Empty);
        SandboxRecordFile.Write(paths.Record, Record("s1") with { Processes = [ProcessIdentity.Describe("vmm", process.Pid)], Sockets = [socket] });

        var cleanup = new SandboxCleanup(NullLogger.Instance);
        Assert.Empty(await cleanup.RunAsync(paths, Token));
        Assert.Equal(9, (await process.WaitAsync(Token)).Signal);
        Assert.False(Directory.Exists(paths.Directory));
        Assert.False(File.Exists(socket));
        Assert.Empty(await cleanup.RunAsync(paths, Token));
    }

    [Fact]
    public async Task AProcessWithAReusedNumber_IsLeftAlone()
    {
        SandboxPaths paths = MakeState("s1");
        using SpawnedProcess process = Spawner.Spawn(new SpawnRequest { Path = "/bin/sleep", Args = ["sleep", "1000"] });
        ProcessRecord known = ProcessIdentity.Describe("vmm", process.Pid);
        SandboxRecordFile.Write(paths.Record, Record("s1") with { Processes = [known with { StartTicks = known.StartTicks - 1 }] });
        Assert.Empty(await new SandboxCleanup(NullLogger.Instance).RunAsync(paths, Token));
        Assert.False(process.PidFd.HasExited);
        process.PidFd.SendSignal(Signals.SIGKILL);
        await process.WaitAsync(Token);
    }

    [Fact]
    public async Task ADamagedRecord_DoesNotKeepTheRest()
    {
        SandboxPaths paths = MakeState("s1");
        File.WriteAllText(paths.Record, "{");
        Assert.Empty(await new SandboxCleanup(NullLogger.Instance).RunAsync(paths, Token));
        Assert.False(Directory.Exists(paths.Directory));
    }

    [Fact]
    public async Task DataBelowTheShare_IsNeverDeleted()
    {
        SandboxPaths paths = MakeState("s1");
        string data = Path.Combine(paths.Share, "c1/rootfs/precious");
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);
        File.WriteAllText(data, "x");
        SandboxRecordFile.Write(paths.Record, Record("s1"));
        Assert.Contains("is not empty", Assert.Single(await new SandboxCleanup(NullLogger.Instance).RunAsync(paths, Token)), StringComparison.Ordinal);
        Assert.True(File.Exists(data));
    }

    [Fact]
    public async Task WhatCannotBeTakenBack_KeepsItsRecord_ForTheNextAttempt()
    {
        SandboxPaths paths = MakeState("s1");
        string socket = Path.Combine(_root, "a-directory.sock");
        Directory.CreateDirectory(socket);
        SandboxRecordFile.Write(paths.Record, Record("s1") with { Sockets = [socket] });

        var cleanup = new SandboxCleanup(NullLogger.Instance);
        Assert.Contains(socket, Assert.Single(await cleanup.RunAsync(paths, Token)), StringComparison.Ordinal);
        Assert.Equal([paths.Record], Directory.GetFileSystemEntries(paths.Directory));
        Directory.Delete(socket);
        Assert.Empty(await cleanup.RunAsync(paths, Token));
        Assert.False(Directory.Exists(paths.Directory));
    }

    [Fact]
    public void AContainer_LeadsToItsSandbox()
    {
        SandboxPaths paths = MakeState("pod");
        SandboxRecordFile.Write(paths.Record, Record("pod") with { Containers = [new ContainerRecord("c2", "/b")] });
        Assert.Equal("pod", SandboxCleanup.FindByContainer(_root, "c2")!.Id.Value);
        Assert.Null(SandboxCleanup.FindByContainer(_root, "c3"));
    }

    [Fact]
    public void ARecordOfANewerSkerry_IsRefused()
    {
        SandboxPaths paths = MakeState("s1");
        SandboxRecordFile.Write(paths.Record, Record("s1") with { Version = 2 });
        Assert.Contains("newer", Assert.Throws<SkerryException>(() => SandboxRecordFile.TryRead(paths.Record)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static SandboxRecord Record(string id) => new() { Id = id, Namespace = "n", CreatedAt = DateTimeOffset.UnixEpoch, State = "Ready" };

    private SandboxPaths MakeState(string id)
    {
        var paths = new SandboxPaths(SandboxId.Parse(id), _root);
        Directory.CreateDirectory(paths.Share);
        File.WriteAllText(Path.Combine(paths.Directory, "console.log"), "boot");
        return paths;
    }
}
