using System.Globalization;
using Skerry.Bench.Hosts;
using Skerry.SystemTests.Hosts;

namespace Skerry.Bench.Pods;

/// <summary>
/// The processor time of a node: containerd, all programs it starts, however short they live, and all pods. Two cgroups tell it to the
/// nanosecond: the pods' parent, and one that containerd is put into and what it starts is born into.
/// </summary>
public sealed class ProcessorAccount : IDisposable
{
    private const string VersionTwoFile = "cpu.stat";
    private const string VersionTwoField = "usage_usec ";
    private const string VersionOneFile = "cpuacct.usage";

    private readonly string _hierarchy = FindHierarchy();
    private readonly string _pods;
    private readonly string _manager;
    private readonly int _containerd;

    /// <summary>Begins to count for a node that runs.</summary>
    public ProcessorAccount(CriHost host)
    {
        _containerd = host.ProcessId;
        _pods = host.CgroupParent;
        _manager = host.CgroupParent + "-manager";
        Directory.CreateDirectory(_hierarchy + _pods);
        Directory.CreateDirectory(_hierarchy + _manager);
        File.WriteAllText($"{_hierarchy}{_manager}/cgroup.procs", _containerd.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>All of the node's processor time so far, in milliseconds.</summary>
    public double Total() => UsageOf(_hierarchy + _pods) + UsageOf(_hierarchy + _manager);

    /// <summary>What containerd itself has used so far, in milliseconds.</summary>
    public double OfContainerd() => HostProcesses.CpuMillisecondsEver(_containerd);

    /// <summary>Ends the run when a process is in neither cgroup, so that its time would be missing.</summary>
    /// <exception cref="InvalidOperationException">Names the process and where it is.</exception>
    public void Expect(IEnumerable<int> processes)
    {
        foreach (int pid in processes)
        {
            if (!File.ReadLines($"/proc/{pid}/cgroup").Any(IsCounted))
            {
                throw new InvalidOperationException(
                    $"process {pid} is in none of the cgroups \"{_pods}\" and \"{_manager}\" of {_hierarchy}, so that its processor time is not counted: {File.ReadAllText($"/proc/{pid}/cgroup")}");
            }
        }
    }

    /// <summary>Removes the cgroup that containerd was in; containerd has ended.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_hierarchy + _manager))
        {
            Directory.Delete(_hierarchy + _manager);
        }
    }

    private static double UsageOf(string cgroup)
    {
        string one = Path.Combine(cgroup, VersionOneFile);
        return File.Exists(one)
            ? double.Parse(File.ReadAllText(one), CultureInfo.InvariantCulture) / 1e6
            : double.Parse(File.ReadLines(Path.Combine(cgroup, VersionTwoFile)).First(line => line.StartsWith(VersionTwoField, StringComparison.Ordinal))[VersionTwoField.Length..], CultureInfo.InvariantCulture) / 1e3;
    }

    /// <summary>A line of /proc/PID/cgroup: number, controllers (none in version 2), path.</summary>
    private bool IsCounted(string line)
    {
        string[] parts = line.Split(':', 3);
        bool hierarchy = File.Exists(Path.Combine(_hierarchy + _pods, VersionOneFile)) ? parts[1].Split(',').Contains("cpuacct") : parts[1].Length == 0;
        return hierarchy && (parts[2] == _manager || parts[2].StartsWith(_pods + "/", StringComparison.Ordinal));
    }

    private static string FindHierarchy()
    {
        string[][] mounts = [.. File.ReadLines("/proc/self/mounts").Select(line => line.Split(' '))];
        string[] found = mounts.FirstOrDefault(mount => mount[2] == "cgroup" && mount[3].Split(',').Contains("cpuacct"))
            ?? mounts.FirstOrDefault(mount => mount[2] == "cgroup2")
            ?? throw new InvalidOperationException("no cgroup hierarchy that counts processor time is mounted");
        return found[1];
    }
}
