using System.Globalization;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Guest;

/// <summary>What the guest measures of itself, under the names that dashboards for Kata know.</summary>
internal sealed class GuestMetrics
{
    private static readonly string[] s_cpuItems = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];
    private static readonly string[] s_diskItems =
    [
        "reads", "merged", "sectors_read", "time_reading", "writes", "writes_merged", "sectors_written", "time_writing", "in_progress",
        "time_in_progress", "weighted_time_in_progress",
    ];

    private long _scrapes;

    /// <summary>The page of metrics in Prometheus' text format.</summary>
    public string Collect()
    {
        var text = new MetricsText();
        text.Counter("kata_agent_scrape_count", "Metrics scrape count of the agent.", Interlocked.Increment(ref _scrapes));
        AddAgent(text);
        AddMemory(text);
        AddCpu(text);
        AddLoad(text);
        AddNetwork(text);
        AddDisks(text);
        return text.ToString();
    }

    private static void AddAgent(MetricsText text)
    {
        IReadOnlyDictionary<string, ulong> status = ProcFile.Fields(ProcFile.ReadOrEmpty("/proc/self/status"));
        text.Gauge("kata_agent_threads", "Threads of the agent.", status.GetValueOrDefault("Threads"));
        text.Gauge("kata_agent_total_rss", "Resident memory of the agent in bytes.", status.GetValueOrDefault("VmRSS") * 1024.0);
        text.Gauge("kata_agent_total_vm", "Virtual memory of the agent in bytes.", status.GetValueOrDefault("VmSize") * 1024.0);
        text.Counter("kata_agent_total_time", "CPU time of the agent in seconds.", Environment.CpuUsage.TotalTime.TotalSeconds);
        foreach (string item in (string[])["VmPeak", "VmHWM", "RssAnon", "RssFile", "VmData", "VmStk", "VmExe"])
        {
            text.Gauge("kata_agent_proc_status", "Memory of the agent from /proc/self/status, in kB.", status.GetValueOrDefault(item), ("item", item.ToLowerInvariant()));
        }

        foreach ((string item, ulong value) in ProcFile.Fields(ProcFile.ReadOrEmpty("/proc/self/io")))
        {
            text.Gauge("kata_agent_io_stat", "I/O of the agent from /proc/self/io.", value, ("item", item));
        }
    }

    private static void AddMemory(MetricsText text)
    {
        foreach ((string item, ulong value) in ProcFile.Fields(ProcFile.ReadOrEmpty("/proc/meminfo")))
        {
            text.Gauge("kata_guest_meminfo", "Memory of the guest from /proc/meminfo, in kB.", value, ("item", item.ToLowerInvariant()));
        }

        foreach ((string item, ulong value) in ProcFile.Fields(ProcFile.ReadOrEmpty("/proc/vmstat")))
        {
            text.Gauge("kata_guest_vm_stat", "Virtual memory of the guest from /proc/vmstat.", value, ("item", item));
        }
    }

    private static void AddCpu(MetricsText text)
    {
        foreach (string line in ProcFile.ReadOrEmpty("/proc/stat").Split('\n').Where(l => l.StartsWith("cpu", StringComparison.Ordinal)))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string cpu = words[0] == "cpu" ? "total" : words[0];
            for (int i = 0; i < s_cpuItems.Length && i + 1 < words.Length; i++)
            {
                text.Gauge("kata_guest_cpu_time", "CPU time of the guest from /proc/stat, in ticks.", Number(words[i + 1]), ("cpu", cpu), ("item", s_cpuItems[i]));
            }
        }
    }

    private static void AddLoad(MetricsText text)
    {
        string[] words = ProcFile.ReadOrEmpty("/proc/loadavg").Split([' ', '/', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 5)
        {
            return;
        }

        text.Gauge("kata_guest_load", "Load average of the guest.", Number(words[0]), ("item", "load1"));
        text.Gauge("kata_guest_load", "Load average of the guest.", Number(words[1]), ("item", "load5"));
        text.Gauge("kata_guest_load", "Load average of the guest.", Number(words[2]), ("item", "load15"));
        text.Gauge("kata_guest_tasks", "Tasks of the guest.", Number(words[3]), ("item", "cur"));
        text.Gauge("kata_guest_tasks", "Tasks of the guest.", Number(words[4]), ("item", "max"));
    }

    private static void AddNetwork(MetricsText text)
    {
        foreach (NetworkStats stats in NetworkCounters.Parse(ProcFile.ReadOrEmpty("/proc/net/dev")))
        {
            Add("recv_bytes", stats.RxBytes);
            Add("recv_packets", stats.RxPackets);
            Add("recv_errs", stats.RxErrors);
            Add("recv_drop", stats.RxDropped);
            Add("sent_bytes", stats.TxBytes);
            Add("sent_packets", stats.TxPackets);
            Add("sent_errs", stats.TxErrors);
            Add("sent_drop", stats.TxDropped);

            void Add(string item, ulong value) =>
                text.Gauge("kata_guest_netdev_stat", "Counters of the guest's interfaces from /proc/net/dev.", value, ("interface", stats.Name), ("item", item));
        }
    }

    private static void AddDisks(MetricsText text)
    {
        foreach (string line in ProcFile.ReadOrEmpty("/proc/diskstats").Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < s_diskItems.Length && i + 3 < words.Length; i++)
            {
                text.Gauge("kata_guest_diskstat", "Counters of the guest's disks from /proc/diskstats.", Number(words[i + 3]), ("disk", words[2]), ("item", s_diskItems[i]));
            }
        }
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0;
}
