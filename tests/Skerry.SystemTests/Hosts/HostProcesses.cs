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
