using System.Diagnostics;
using System.Globalization;
using Skerry.Bench.Guests;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Kernels;

/// <summary>The starts of one kernel on one machine type: bare to /init, and a container's to its first output.</summary>
public sealed class KernelStart(KernelVariant variant, string machineType, SkerryHost host, string directory)
{
    private const string Milliseconds = "ms";
    private readonly Dictionary<string, List<double>> _values = [];

    public KernelVariant Variant { get; } = variant;

    public string MachineType { get; } = machineType;

    public string Name => $"{Variant.Name}, {MachineType}";

    /// <summary>Takes one sample of everything.</summary>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        await BootAsync(cancellationToken);
        await RunAsync(cancellationToken);
    }

    /// <summary>Samples of one measure, as in <see cref="KernelMeasure.ToInit"/>.</summary>
    public Samples this[string measure] => new(measure == KernelMeasure.GuestMemory ? "MiB" : Milliseconds, _values[measure]);

    /// <summary>Where the time of a start goes, by medians.</summary>
    public StackedBar Breakdown()
    {
        double kernel = this[KernelMeasure.Kernel].Median;
        double running = this[KernelMeasure.VmmRunning].Median;
        double toInit = this[KernelMeasure.ToInit].Median;
        double agent = this[KernelMeasure.AgentReady].Median;
        double output = this[KernelMeasure.FirstOutput].Median;
        double firmware = Math.Max(0, toInit - kernel - running);
        double init = Math.Max(0, agent - running - firmware - kernel);
        return new StackedBar(
            Name,
            [("shim and VMM", running), ("firmware, loading, unpacking", firmware), ("kernel", kernel), ("modules and agent", init), ("container", output - agent)]);
    }

    private async Task BootAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await using BareGuest guest = await BareGuest.StartAsync(MachineType, Variant.BareInitrd, string.Empty, cancellationToken, Variant.Kernel);
        await guest.WaitForInitAsync(cancellationToken);
        Add(KernelMeasure.ToInit, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        Add(KernelMeasure.ToInitCpu, guest.Machine.ProcessIds.Sum(HostProcesses.CpuMilliseconds));
        Add(KernelMeasure.Kernel, guest.KernelMilliseconds());
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        string configuration = Path.Combine(directory, $"{Name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal)}.toml");
        await File.WriteAllTextAsync(
            configuration,
            $"[hypervisor.qemu]\nmachine_type = \"{MachineType}\"\nkernel = \"{Variant.Kernel}\"\ninitrd = \"{Variant.Initrd}\"\n",
            cancellationToken);
        ToolResult run = (await host.RunAsync(
            ["run", "--rm", "--timeline", "--config", configuration, "busybox", "cat", "/proc/meminfo"], cancellationToken)).Ok();
        Add(KernelMeasure.VmmRunning, At(run.Error, "vmm running"));
        Add(KernelMeasure.AgentReady, At(run.Error, "agent ready"));
        Add(KernelMeasure.FirstOutput, At(run.Error, "first output"));
        Add(KernelMeasure.GuestMemory, (256 * 1024 - KiB(run.Output, "MemAvailable:")) / 1024);
    }

    /// <summary>The time of a step in what <c>--timeline</c> prints.</summary>
    private static double At(string timeline, string step)
    {
        string line = timeline.Split('\n').First(text => text.StartsWith(step + "  ", StringComparison.Ordinal));
        return double.Parse(line[step.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }

    private static double KiB(string meminfo, string field) => double.Parse(
        meminfo.Split('\n').First(text => text.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private void Add(string measure, double value)
    {
        if (!_values.TryGetValue(measure, out List<double>? list))
        {
            _values[measure] = list = [];
        }

        list.Add(value);
    }
}
