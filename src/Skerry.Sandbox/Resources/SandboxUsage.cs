using System.Globalization;

namespace Skerry.Sandbox;

/// <summary>
/// What a sandbox's processes on the host use, guest and overhead together: shim, VMM, file daemon. Counted by process, so that it holds
/// on every host, with cgroups or without.
/// </summary>
/// <param name="Processes">How many there are.</param>
/// <param name="UserNanoseconds">Processor time in user mode, guest time included, since they began.</param>
/// <param name="KernelNanoseconds">Processor time in the kernel.</param>
/// <param name="MemoryBytes">Their memory; a page that several share counts once.</param>
public readonly record struct SandboxUsage(int Processes, ulong UserNanoseconds, ulong KernelNanoseconds, ulong MemoryBytes)
{
    // Fields of proc_pid_stat(5) after the parenthesised name, which begin with the third; 14 is utime, 15 is stime.
    private const int UserTime = 14 - 3;
    private const int KernelTime = 15 - 3;
    private const ulong BytesPerKiB = 1024;

    // USER_HZ, the unit of these fields, is 100 on every architecture we run on.
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>Adds up what lives of <paramref name="processes"/>.</summary>
    internal static SandboxUsage Of(IEnumerable<ProcessRecord> processes)
    {
        SandboxUsage sum = default;
        foreach (ProcessRecord process in processes.Where(ProcessIdentity.IsAlive))
        {
            try
            {
                string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}");
                sum = sum.Add(File.ReadAllText($"{directory}/stat"), File.ReadAllText($"{directory}/smaps_rollup"));
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return sum;
    }

    /// <summary>Adds a process by the texts of its stat and smaps_rollup.</summary>
    internal SandboxUsage Add(string stat, string rollup)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        string proportional = rollup.Split('\n').FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal)) ?? "Pss: 0 kB";
        return new SandboxUsage(
            Processes + 1,
            UserNanoseconds + (ulong.Parse(fields[UserTime], CultureInfo.InvariantCulture) * NanosecondsPerTick),
            KernelNanoseconds + (ulong.Parse(fields[KernelTime], CultureInfo.InvariantCulture) * NanosecondsPerTick),
            MemoryBytes + (ulong.Parse(proportional.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * BytesPerKiB));
    }
}
