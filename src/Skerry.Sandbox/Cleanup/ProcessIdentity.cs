using System.Globalization;

namespace Skerry.Sandbox;

/// <summary>Tells a process from a later one with the same number, by its start time.</summary>
internal static class ProcessIdentity
{
    // Fields of /proc/PID/stat after the parenthesised name start at the third; start time is the 22nd.
    private const int StartTimeAfterName = 22 - 3;

    /// <summary>The record of a living process.</summary>
    internal static ProcessRecord Describe(string role, int pid) => new(role, pid, StartTicks(pid) ?? 0);

    /// <summary>The records of living processes.</summary>
    internal static IEnumerable<ProcessRecord> Describe(string role, IEnumerable<int> pids) => pids.Select(pid => Describe(role, pid));

    /// <summary>True when the process that was recorded still exists.</summary>
    internal static bool IsAlive(ProcessRecord record) => record.StartTicks != 0 && StartTicks(record.Pid) == record.StartTicks;

    private static ulong? StartTicks(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return ulong.Parse(fields[StartTimeAfterName], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
