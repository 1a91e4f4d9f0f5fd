namespace Skerry.Linux.Tests;

public sealed class SpawnGateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Child_WaitsAtTheGateUntilItOpens()
    {
        using var directory = new TemporaryDirectory();
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (write)
        {
            using SpawnedProcess process = Spawner.Spawn(Busybox.Shell($"echo x > {directory["ran"]}") with { StartGate = read });
            read.Dispose();
            Assert.False(process.ExecResult.IsCompleted);
            Assert.False(File.Exists(directory["ran"]));
            write.Write([1]);
            Assert.Null(await process.ExecResult);
            Assert.Equal(0, (await process.WaitAsync(Token)).Code);
            Assert.True(File.Exists(directory["ran"]));
        }
    }

    [Fact]
    public async Task GateThatCloses_EndsTheChild()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using SpawnedProcess process = Spawner.Spawn(Busybox.Shell("sleep 100") with { StartGate = read });
        read.Dispose();
        write.Dispose();
        Assert.Equal(126, (await process.WaitAsync(Token)).Code);
        Assert.Null(await process.ExecResult);
    }

    [Fact]
    public async Task ExecThatFailsBehindTheGate_IsTheExecResult()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["text"], "no magic number\n");
        File.SetUnixFileMode(directory["text"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (read)
        using (write)
        {
            using SpawnedProcess process = Spawner.Spawn(new SpawnRequest { Path = directory["text"], Args = ["x"], StartGate = read });
            write.Write([1]);
            SpawnFailure? failure = await process.ExecResult;
            Assert.Equal((SpawnStage.Exec, Errno.ENOEXEC), (failure!.Stage, failure.Errno));
            Assert.Equal(127, (await process.WaitAsync(Token)).Code);
        }
    }

    [Fact]
    public void FailureBeforeTheGate_IsThrownAtOnce()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (read)
        using (write)
        {
            SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(new SpawnRequest { Path = "/no/such", Args = ["x"], StartGate = read }));
            Assert.Equal(SpawnStage.FindProgram, error.Stage);
        }
    }

    [Fact]
    public async Task ChildAtTheGate_HoldsNobodyElsesPipe()
    {
        (FileDescriptor gateRead, FileDescriptor gateWrite) = Pipes.Create();
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (gateRead)
        using (gateWrite)
        using (read)
        {
            using SpawnedProcess process = Spawner.Spawn(Busybox.Shell("exit 0") with { StartGate = gateRead });
            write.Dispose();
            Assert.Equal(0, read.Read(new byte[1]));
            gateWrite.Write([1]);
            await process.WaitAsync(Token);
        }
    }

    [Fact]
    public async Task ChildAtTheGate_CanBeKilled()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (read)
        using (write)
        {
            using SpawnedProcess process = Spawner.Spawn(Busybox.Shell("exit 0") with { StartGate = read });
            process.PidFd.SendSignal(Signals.SIGTERM);
            Assert.Equal(Signals.SIGTERM, (await process.WaitAsync(Token)).Signal);
            Assert.Null(await process.ExecResult);
        }
    }
}
