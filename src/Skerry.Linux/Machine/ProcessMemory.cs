using System.Globalization;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Gives memory of this process back to the system.</summary>
public static partial class ProcessMemory
{
    private const int MADV_DONTNEED = 4;

    /// <summary>
    /// Drops the pages of programs and libraries that were mapped by start-up code, and those the kernel mapped around them. They
    /// stay in the page cache, and what is needed again is mapped again. Only mappings that cannot be written and hold no page
    /// of our own are touched, so that nothing can be lost.
    /// </summary>
    /// <returns>How many KiB were mapped in them.</returns>
    public static long DropUnusedCode()
    {
        long dropped = 0;
        Region? region = null;
        long residentKiB = 0;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (TryParseHeader(line, out Region header))
            {
                region = header;
                residentKiB = 0;
            }
            else if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                residentKiB = KiBOf(line);
            }
            else if (line.StartsWith("Anonymous:", StringComparison.Ordinal) && region is { IsCode: true } code && KiBOf(line) == 0)
            {
                dropped += Native.Advise((nint)code.Start, (nuint)(code.End - code.Start), MADV_DONTNEED) == 0 ? residentKiB : 0;
            }
        }

        return dropped;
    }

    // As in: 00404000-008f3000 r-xp 00004000 fe:00 1234  /usr/bin/program
    private static bool TryParseHeader(string line, out Region region)
    {
        region = default;
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        if (dash <= 0 || blank < dash || line.Length < blank + 5
            || !ulong.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
            || !ulong.TryParse(line.AsSpan(dash + 1, blank - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end))
        {
            return false;
        }

        ReadOnlySpan<char> rights = line.AsSpan(blank + 1, 4);
        region = new Region(start, end, rights[0] == 'r' && rights[1] == '-' && rights[3] == 'p' && line.Contains('/', StringComparison.Ordinal));
        return true;
    }

    private static long KiBOf(string line) =>
        long.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture);

    private readonly record struct Region(ulong Start, ulong End, bool IsCode);

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
        internal static partial int Advise(nint address, nuint length, int advice);
    }
}
