using System.Diagnostics;
using System.Globalization;

namespace Skerry.Bench.Hosts;

/// <summary>What the kernel tells of the host's processes.</summary>
public static class HostProcesses
{
    private const string Root = "/proc";

    /// <summary>Memory mapped by the process, shared pages divided among those who map them, in MB (10^6 bytes).</summary>
    public static double ProportionalMegabytes(int pid) => MegabytesOf($"{Root}/{pid}/smaps_rollup", "Pss:");

    /// <summary>Memory of the process that is in RAM, shared pages counted in full, in MB.</summary>
    public static double ResidentMegabytes(int pid) => MegabytesOf($"{Root}/{pid}/status", "VmRSS:");

    /// <summary>A field of /proc/meminfo, as in "SUnreclaim:", in MB.</summary>
    public static double MachineMegabytes(string field) => MegabytesOf($"{Root}/meminfo", field);

    /// <summary>Time that the process's threads, living ones, have run on processors, in milliseconds.</summary>
    public static double CpuMilliseconds(int pid) =>
        Directory.GetDirectories($"{Root}/{pid}/task").Sum(task => double.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1e6;

    /// <summary>
    /// Time that the process has run on processors, that of threads which have ended too, in milliseconds by tens: utime and stime of
    /// proc_pid_stat(5), in ticks of USER_HZ.
    /// </summary>
    public static double CpuMillisecondsEver(int pid)
    {
        const double millisecondsPerTick = 10;
        string text = File.ReadAllText($"{Root}/{pid}/stat");
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * millisecondsPerTick;
    }

    public static int Threads(int pid) => Directory.GetDirectories($"{Root}/{pid}/task").Length;

    public static int Descriptors(int pid) => Directory.GetFileSystemEntries($"{Root}/{pid}/fd").Length;

    /// <summary>The process and everything it or its children started that still runs.</summary>
    public static IReadOnlyList<int> TreeOf(int pid)
    {
        ILookup<int, int> children = Living().ToLookup(ParentOf);
        var tree = new List<int> { pid };
        for (int index = 0; index < tree.Count; index++)
        {
            tree.AddRange(children[tree[index]]);
        }

        return tree;
    }

    /// <summary>Processes of a program with <paramref name="argument"/> among their arguments.</summary>
    public static IReadOnlyList<int> Find(string program, string argument) =>
        [.. Living().Where(pid => CommandOf(pid) is [var first, .. var rest] && Path.GetFileName(first) == program && rest.Contains(argument))];

    /// <summary>Ends what is left of a daemon that was asked to go.</summary>
    public static async Task WaitOrKillAsync(int pid, TimeSpan limit)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            try
            {
                await process.WaitForExitAsync().WaitAsync(limit);
            }
            catch (TimeoutException)
            {
                process.Kill();
            }
        }
        catch (ArgumentException)
        {
            // It is gone, as it should be.
        }
    }

    private static int[] Living() => [.. Directory.EnumerateDirectories(Root)
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
        .Where(pid => pid > 0)];

    private static double MegabytesOf(string file, string field)
    {
        string line = File.ReadLines(file).First(text => text.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>The number after the program's name, which stands in parentheses and may hold anything, and the state.</summary>
    private static int ParentOf(int pid) =>
        ReadOrEmpty($"{Root}/{pid}/stat") is { Length: > 0 } stat
            ? int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture)
            : 0;

    private static string[] CommandOf(int pid) => ReadOrEmpty($"{Root}/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty; // The process has ended meanwhile.
        }
    }
}
