using System.Globalization;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;

namespace Skerry.Bench.Pods;

/// <summary>
/// Pods made and removed many times on a node of their own: counts of everything a pod comes with, and the memory of containerd and of
/// the host's kernel, read as the cycles go by.
/// </summary>
public sealed class PodCycles(string handler, int cycles)
{
    /// <summary>The memory of containerd, in MB.</summary>
    public const string ManagerMemory = "memory of containerd (RSS), MB";

    private const string KernelMemory = "memory of the kernel that cannot be given back (SUnreclaim, the whole machine's), MB";
    /// <summary>What is no count.</summary>
    public static IReadOnlyList<string> Memories { get; } = [ManagerMemory, KernelMemory];

    private const int Step = 50;

    /// <summary>The first pods make what stays: bridge, containerd's connections, caches and heap.</summary>
    private const int MostWarmUps = 10;

    private readonly List<string> _pods = [];
    private readonly List<int> _at = [];
    private readonly OrderedDictionary<string, List<double>> _values = [];

    /// <summary>Runs all cycles. A pod that leaves something of its own behind ends the run with a list of it.</summary>
    public async Task<Trend> MeasureAsync(CancellationToken cancellationToken)
    {
        await using PodNode node = await PodNode.StartAsync();
        for (int warmUp = 0; warmUp < Math.Min(MostWarmUps, cycles); warmUp++)
        {
            await CycleAsync(node, cancellationToken);
        }

        IReadOnlyDictionary<string, int> before = NodeCounts.Read(node.Host, _pods);
        await ReadAsync(node, 0, before);
        for (int cycle = 1; cycle <= cycles; cycle++)
        {
            await CycleAsync(node, cancellationToken);
            if (cycle % Step == 0 || cycle == cycles)
            {
                await ReadAsync(node, cycle, before);
            }
        }

        return new Trend(
            $"pods of {handler}, made and removed", _at, new OrderedDictionary<string, IReadOnlyList<double>>(_values.Select(item => KeyValuePair.Create(item.Key, (IReadOnlyList<double>)item.Value))));
    }

    private async Task CycleAsync(PodNode node, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using Pod pod = await node.RunAsync(handler);
        _pods.Add(pod.Id);
        PodContainer container = await PodNode.StartContainerAsync(pod);
        (await container.ExecAsync("true")).Ok();
    }

    private async Task ReadAsync(PodNode node, int cycle, IReadOnlyDictionary<string, int> before)
    {
        _at.Add(cycle);
        foreach ((string name, int count) in await NodeCounts.SettleAsync(node.Host, _pods, before))
        {
            Add(name, count);
        }

        Add(ManagerMemory, HostProcesses.ResidentMegabytes(node.Host.ProcessId));
        Add(KernelMemory, HostProcesses.MachineMegabytes("SUnreclaim:"));
        string numbers = string.Join(", ", _values.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Key} {item.Value[^1]:0.##}")));
        await Console.Error.WriteLineAsync($"{handler}, after {cycle} of {cycles} cycles: {numbers}");
    }

    private void Add(string name, double value)
    {
        if (!_values.TryGetValue(name, out List<double>? list))
        {
            _values[name] = list = [];
        }

        list.Add(value);
    }
}
