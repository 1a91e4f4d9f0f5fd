namespace Skerry.Linux.Tests;

/// <summary>A parent that starts a child with a parent death signal, tells its pid, and is then killed.</summary>
internal static class OrphanScene
{
    internal static async Task<int> PlayAsync()
    {
        using SpawnedProcess child = Spawner.Spawn(Busybox.Shell("sleep 1000") with { ParentDeathSignal = Signals.SIGKILL });
        Console.WriteLine(child.Pid);
        return (await child.WaitAsync(CancellationToken.None)).ShellCode;
    }
}
