using System.Diagnostics;
using System.Globalization;
using Skerry.Bench.Guests;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Kernels;

/// <summary>The starts of one kernel on one machine type: bare to /init, a container's to its first output, and one with all instructions counted.</summary>
public sealed class KernelStart(KernelVariant variant, string machineType, SkerryHost host, CountingEmulator emulator, string directory)
{
    // At other levels the agent says on its log port that it serves, and on the console nothing.
    private const string LoudAgent = "agent.log=debug";

    private const double Million = 1e6;
    private const double Thousand = 1e3;
    private readonly Dictionary<string, List<double>> _values = [];
    private GuestCounters? _counters;

    public KernelVariant Variant { get; } = variant;

    public string MachineType { get; } = machineType;

    public string Name => $"{Variant.Name}, {MachineType}";

    /// <summary>Takes one sample of everything.</summary>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        await BootAsync(cancellationToken);
        await RunAsync(cancellationToken);
        if (_counters is null)
        {
            await CountAsync(cancellationToken); // Once: the numbers are the same each time, but for some ten thousand instructions.
        }
    }

    /// <summary>Samples of one measure, as in <see cref="KernelMeasure.ToInit"/>.</summary>
    public Samples this[string measure] => new(KernelMeasure.UnitOf(measure), _values[measure]);

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

    /// <summary>Where the instructions go until the agent is ready, in millions.</summary>
    public StackedBar Instructions()
    {
        GuestCounters counters = _counters ?? throw new InvalidOperationException($"no start of {Name} was counted");
        return new StackedBar(
            Name,
            [
                ("firmware", counters.Firmware / Million),
                ("unpacking and entry", counters.Entry / Million),
                ("kernel to /init", counters.KernelBeforeInit / Million),
                ("kernel for the agent", (counters.Kernel - counters.KernelBeforeInit) / Million),
                ("agent", counters.Programs / Million),
            ]);
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        await using BareGuest guest = await BareGuest.StartAsync(MachineType, Variant.Initrd, LoudAgent, cancellationToken, Variant.Kernel, emulator.Path);
        await guest.WaitForAgentAsync(cancellationToken);
        _counters = emulator.Counters;
        Add(KernelMeasure.InstructionsToInit, _counters.InstructionsBeforeInit / Million);
        Add(KernelMeasure.InstructionsToAgent, _counters.Instructions / Million);
        Add(KernelMeasure.BlocksToInit, _counters.TranslatedBeforeInit / Thousand);
        Add(KernelMeasure.BlocksToAgent, _counters.Translated / Thousand);
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
        Add(KernelMeasure.InitToAgent, At(run.Error, "agent ready") - At(run.Error, "kernel up"));
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
