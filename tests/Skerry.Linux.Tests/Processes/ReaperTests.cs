using System.Text;

namespace Skerry.Linux.Tests;

public sealed class ReaperTests
{
    [Fact]
    public async Task PidOne_HandsOutEveryExitAndCollectsOrphans_EvenWithAConsole()
    {
        Busybox.Require();
        (FileDescriptor master, FileDescriptor slave) = Pty.Open();
        SpawnRequest request = Probe.Request("reaper") with
        {
            Namespaces = CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWNS,
            SlavePropagation = true,
            MountSteps = [MountStep.Mount("proc", "/proc", "proc")],
            NewSession = true,
            ControllingTerminal = true,
            Stdin = slave,
            Stdout = slave,
            Stderr = slave,
            ParentDeathSignal = Signals.SIGKILL,
        };
        using SpawnedProcess process = Spawner.Spawn(request);
        slave.Dispose();
        await using var stream = new FdStream(master);
        string output = await new StreamReader(stream, Encoding.UTF8).ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("pid 1\r\n", output, StringComparison.Ordinal);
        Assert.Contains("right 300 of 300\r\norphans 30\r\nzombies 0\r\n", output, StringComparison.Ordinal);
        Assert.Equal(0, (await process.WaitAsync(TestContext.Current.CancellationToken)).Code);
    }
}
