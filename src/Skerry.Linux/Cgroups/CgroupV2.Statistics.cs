using System.Globalization;

namespace Skerry.Linux.Cgroups;

/// <content>Statistics.</content>
public sealed partial class CgroupV2
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>Reads the statistics; what the kernel does not count here is 0.</summary>
    public CgroupStatistics ReadStatistics() => new()
    {
        Cpu = ReadCpu(),
        Memory = ReadMemory(),
        Pids = ReadPids(),
        IoServiceBytes = ReadIo("bytes"),
        IoServiced = ReadIo("ios"),
        Hugetlb = ReadHugetlb(),
    };

    private CpuStatistics ReadCpu()
    {
        Dictionary<string, ulong> stat = CgroupFiles.ReadKeyed(Path, "cpu.stat");
        return new CpuStatistics
        {
            TotalNs = stat.GetValueOrDefault("usage_usec") * NanosecondsPerMicrosecond,
            UserNs = stat.GetValueOrDefault("user_usec") * NanosecondsPerMicrosecond,
            KernelNs = stat.GetValueOrDefault("system_usec") * NanosecondsPerMicrosecond,
            Periods = stat.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = stat.GetValueOrDefault("nr_throttled"),
            ThrottledNs = stat.GetValueOrDefault("throttled_usec") * NanosecondsPerMicrosecond,
        };
    }

    private MemoryStatistics ReadMemory()
    {
        Dictionary<string, ulong> stat = CgroupFiles.ReadKeyed(Path, "memory.stat");
        Dictionary<string, ulong> events = CgroupFiles.ReadKeyed(Path, "memory.events");
        ulong swapFailures = CgroupFiles.ReadKeyed(Path, "memory.swap.events").GetValueOrDefault("max");
        return new MemoryStatistics
        {
            CacheBytes = stat.GetValueOrDefault("file"),
            Usage = Counter("memory.current", "memory.peak", "memory.max", events.GetValueOrDefault("max")),
            Swap = Counter("memory.swap.current", "memory.swap.peak", "memory.swap.max", swapFailures),
            Kernel = new MemoryCounter(KernelBytes(stat), 0, 0, ulong.MaxValue),
            Details = stat,
            OomKills = events.GetValueOrDefault("oom_kill"),
        };
    }

    private MemoryCounter Counter(string current, string peak, string limit, ulong failures) => new(
        CgroupFiles.ReadNumber(Path, current),
        CgroupFiles.ReadNumber(Path, peak),
        failures,
        CgroupFiles.TryReadNumber(Path, limit) ?? ulong.MaxValue);

    /// <summary>"kernel" since Linux 5.18; its large parts before.</summary>
    private static ulong KernelBytes(Dictionary<string, ulong> stat) => stat.TryGetValue("kernel", out ulong kernel)
        ? kernel
        : stat.GetValueOrDefault("kernel_stack") + stat.GetValueOrDefault("slab") + stat.GetValueOrDefault("pagetables") + stat.GetValueOrDefault("sock");

    private PidsStatistics ReadPids()
    {
        ulong limit = CgroupFiles.ReadNumber(Path, "pids.max");
        return new PidsStatistics(CgroupFiles.ReadNumber(Path, "pids.current"), limit == ulong.MaxValue ? 0 : limit);
    }

    /// <summary>io.stat has a line by device: <c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6</c>.</summary>
    private List<BlkioEntry> ReadIo(string suffix)
    {
        var entries = new List<BlkioEntry>();
        foreach (string line in CgroupFiles.Lines(Path, "io.stat"))
        {
            string[] words = line.Split(' ');
            if (!TryParseDevice(words[0], out ulong major, out ulong minor))
            {
                continue;
            }

            AddIo(entries, words, "r" + suffix, major, minor, "Read");
            AddIo(entries, words, "w" + suffix, major, minor, "Write");
            AddIo(entries, words, "d" + suffix, major, minor, "Discard");
        }

        return entries;
    }

    private static void AddIo(List<BlkioEntry> entries, string[] words, string key, ulong major, ulong minor, string operation)
    {
        string? word = Array.Find(words, w => w.StartsWith(key + "=", StringComparison.Ordinal));
        if (word is not null && CgroupFiles.ParseNumber(word.AsSpan(key.Length + 1)) is ulong value)
        {
            entries.Add(new BlkioEntry(major, minor, operation, value));
        }
    }

    private static bool TryParseDevice(string text, out ulong major, out ulong minor)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        major = minor = 0;
        return colon > 0
            && ulong.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out major)
            && ulong.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }

    private Dictionary<string, HugetlbStatistics> ReadHugetlb()
    {
        var sizes = new Dictionary<string, HugetlbStatistics>(StringComparer.Ordinal);
        if (!Exists)
        {
            return sizes;
        }

        foreach (string file in Directory.EnumerateFiles(Path, "hugetlb.*.current"))
        {
            string[] parts = System.IO.Path.GetFileName(file).Split('.');
            if (parts.Length == 3)
            {
                ulong failures = CgroupFiles.ReadKeyed(Path, $"hugetlb.{parts[1]}.events").GetValueOrDefault("max");
                sizes[parts[1]] = new HugetlbStatistics(CgroupFiles.ReadNumber(Path, $"hugetlb.{parts[1]}.current"), 0, failures);
            }
        }

        return sizes;
    }
}
