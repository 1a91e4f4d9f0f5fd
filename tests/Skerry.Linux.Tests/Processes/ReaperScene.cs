namespace Skerry.Linux.Tests;

/// <summary>Runs as PID 1 of a pid namespace, with a terminal as its console.</summary>
internal static class ReaperScene
{
    private const int Children = 300;

    internal static async Task<int> PlayAsync()
    {
        var reaper = Reaper.Start();

        // Makes the runtime look after the terminal, and with that after SIGCHLD.
        Console.WriteLine($"pid {Environment.ProcessId}");
        Console.TreatControlCAsInput = false;
        var runs = new List<Task<bool>>();
        for (int i = 0; i < Children; i++)
        {
            runs.Add(RunAsync(reaper, i));
        }

        bool[] right = await Task.WhenAll(runs);
        Console.WriteLine($"right {right.Count(answer => answer)} of {Children}");
        while (reaper.Orphans < Children / 10)
        {
            await Task.Delay(10);
        }

        Console.WriteLine($"orphans {reaper.Orphans}");
        Console.WriteLine($"zombies {Zombies()}");
        return 0;
    }

    private static async Task<bool> RunAsync(Reaper reaper, int number)
    {
        // Every tenth leaves an orphan behind.
        string script = number % 10 == 0 ? $"(sleep 0.1 &) ; exit {number % 100}" : $"exit {number % 100}";
        using SpawnedProcess process = await Spawner.SpawnAsync(Busybox.Shell(script), reaper);
        ExitStatus status = await process.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        return status.Code == number % 100;
    }

    private static int Zombies() => Directory.GetDirectories("/proc")
        .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]))
        .Count(directory => File.ReadAllText(directory + "/stat").Contains(") Z ", StringComparison.Ordinal));
}
