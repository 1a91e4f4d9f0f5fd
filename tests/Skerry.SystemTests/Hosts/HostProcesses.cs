using System.Diagnostics;

namespace Skerry.SystemTests.Hosts;

/// <summary>Processes of the host by their command lines.</summary>
public static class HostProcesses
{
    /// <summary>The one process of <paramref name="program"/> whose command line or environment names <paramref name="mark"/>.</summary>
    public static int Find(string program, string mark) =>
        TryFind(program, mark) ?? throw new InvalidOperationException($"no {program} of {mark} runs");

    public static int? TryFind(string program, string mark)
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            string[] command = ReadCommand(directory);
            if (command.Length > 0
                && Path.GetFileName(command[0]).StartsWith(program, StringComparison.Ordinal)
                && command.Any(argument => argument.Contains(mark, StringComparison.Ordinal)))
            {
                return int.Parse(Path.GetFileName(directory), System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    /// <summary>SIGKILL.</summary>
    public static void Kill(int pid) => Process.GetProcessById(pid).Kill();

    /// <summary>Resident memory that is this process's share, in bytes.</summary>
    public static long ProportionalSetSize(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024);

    /// <summary>The cgroup of a process or thread (its directory in /proc) where processors are shared out: of version 1 that of "cpu", else the unified one.</summary>
    public static string CpuCgroup(string directory)
    {
        string[][] lines = [.. File.ReadLines(Path.Combine(directory, "cgroup")).Select(line => line.Split(':', 3))];
        return (lines.FirstOrDefault(parts => parts[1].Split(',').Contains("cpu")) ?? lines.First(parts => parts[0] == "0"))[2];
    }

    /// <summary>Directories in /proc of the threads of a process.</summary>
    public static IReadOnlyList<string> Threads(int pid) => Directory.GetDirectories($"/proc/{pid}/task");

    /// <summary>The processors on which a process or thread (its directory in /proc) may run, as in "0-3"; null when it has ended.</summary>
    public static string? AllowedProcessors(string directory)
    {
        const string field = "Cpus_allowed_list:";
        try
        {
            return File.ReadLines(Path.Combine(directory, "status")).First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>How long the threads of a process have been ready to run while the host ran something else, in nanoseconds.</summary>
    public static ulong WaitedNs(int pid) => Threads(pid)
        .Select(thread => File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[1])
        .Aggregate(0UL, (sum, waited) => sum + ulong.Parse(waited, System.Globalization.CultureInfo.InvariantCulture));

    private static string[] ReadCommand(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
