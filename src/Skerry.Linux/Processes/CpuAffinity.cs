using System.Globalization;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>The processors a thread may run on, sched_setaffinity(2).</summary>
public static partial class CpuAffinity
{
    /// <summary>Bits of a mask: more than CONFIG_NR_CPUS of any kernel, which must not be less than it.</summary>
    private const int MaskBits = 8192;
    private const int WordBits = 64;

    /// <summary>The processors that thread <paramref name="thread"/> may run on; 0 is the caller.</summary>
    /// <exception cref="SyscallException">ESRCH when there is no such thread.</exception>
    public static IReadOnlyList<int> Of(int thread)
    {
        var mask = new ulong[MaskBits / WordBits];
        Syscall.Check(Native.GetAffinity(thread, MaskBits / 8, mask), "sched_getaffinity", Subject(thread));
        return [.. Enumerable.Range(0, MaskBits).Where(cpu => (mask[cpu / WordBits] & (1UL << (cpu % WordBits))) != 0)];
    }

    /// <summary>Binds a thread to processors of which it must be allowed one at least.</summary>
    /// <exception cref="SyscallException">EINVAL when none of them is there, or in the thread's cpuset; ESRCH; EPERM.</exception>
    /// <exception cref="ArgumentOutOfRangeException">For a number no processor has.</exception>
    public static void Set(int thread, IReadOnlyCollection<int> cpus)
    {
        var mask = new ulong[MaskBits / WordBits];
        foreach (int cpu in cpus)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(cpu);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cpu, MaskBits);
            mask[cpu / WordBits] |= 1UL << (cpu % WordBits);
        }

        Syscall.Check(Native.SetAffinity(thread, MaskBits / 8, mask), "sched_setaffinity", $"{Subject(thread)} to {string.Join(',', cpus)}");
    }

    private static string Subject(int thread) => string.Create(CultureInfo.InvariantCulture, $"thread {thread}");

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
        internal static partial int GetAffinity(int thread, nuint size, [Out] ulong[] mask);

        [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
        internal static partial int SetAffinity(int thread, nuint size, ulong[] mask);
    }
}
