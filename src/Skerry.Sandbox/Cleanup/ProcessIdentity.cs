using System.Globalization;

namespace Skerry.Sandbox;

/// <summary>Tells a process from a later one with the same number, by its start time.</summary>
internal static class ProcessIdentity
{
    // Fields of /proc/PID/stat after the parenthesised name start at the third; start time is the 22nd.
    private const int StartTimeAfterName = 22 - 3;
    private const int ParentAfterName = 4 - 3;

    /// <summary>The record of a living process.</summary>
    internal static ProcessRecord Describe(string role, int pid) => new(role, pid, StartTicks(pid) ?? 0);

    /// <summary>The records of living processes.</summary>
    internal static IEnumerable<ProcessRecord> Describe(string role, IEnumerable<int> pids) => pids.Select(pid => Describe(role, pid));

    /// <summary>True when the process that was recorded still exists.</summary>
    internal static bool IsAlive(ProcessRecord record) => record.StartTicks != 0 && StartTicks(record.Pid) == record.StartTicks;

    /// <summary>True for a process that <paramref name="ancestor"/> or its children have started.</summary>
    internal static bool IsDescendant(int pid, int ancestor)
    {
        int at = pid;
        do
        {
            at = (int)(Field(at, ParentAfterName) ?? 0);
        }
        while (at > 1 && at != ancestor);
        return at == ancestor;
    }

    private static ulong? StartTicks(int pid) => Field(pid, StartTimeAfterName);

    private static ulong? Field(int pid, int indexAfterName)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return ulong.Parse(fields[indexAfterName], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
