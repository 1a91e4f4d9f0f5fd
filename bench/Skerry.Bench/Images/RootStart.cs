using System.Globalization;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Images;

/// <summary>A container's starts in guests with one root on one machine type, with the minimal kernel.</summary>
public sealed class RootStart(RootVariant variant, string machineType, SkerryHost host, string directory)
{
    private const string AgentReady = "`skerry run` to agent ready";
    private const string FirstOutput = "`skerry run` to first output";
    private const string GuestMemory = "guest memory not available to a first container, of 256 MiB";
    private readonly Dictionary<string, List<double>> _values = new() { [AgentReady] = [], [FirstOutput] = [], [GuestMemory] = [] };

    /// <summary>What is measured.</summary>
    public static IReadOnlyList<string> Measures { get; } = [AgentReady, FirstOutput, GuestMemory];

    public RootVariant Variant { get; } = variant;

    public string MachineType { get; } = machineType;

    public string Name => $"{Variant.Name}, {MachineType}";

    /// <summary>Samples of one of <see cref="Measures"/>.</summary>
    public Samples this[string measure] => new(measure == GuestMemory ? "MiB" : "ms", _values[measure]);

    /// <summary>Takes one sample of everything.</summary>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        string kernel = Path.Combine(Installation.MinimalKernels, "vmlinux");
        string configuration = Path.Combine(directory, $"{Name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal)}.toml");
        await File.WriteAllTextAsync(configuration, $"[hypervisor.qemu]\nmachine_type = \"{MachineType}\"\nkernel = \"{kernel}\"\n{Variant.Settings}", cancellationToken);
        ToolResult run = (await host.RunAsync(
            ["run", "--rm", "--timeline", "--config", configuration, "busybox", "cat", "/proc/meminfo"], cancellationToken)).Ok();
        _values[AgentReady].Add(NumberBehind(run.Error, "agent ready  "));
        _values[FirstOutput].Add(NumberBehind(run.Error, "first output  "));
        _values[GuestMemory].Add(((256 * 1024) - NumberBehind(run.Output, "MemAvailable:")) / 1024);
    }

    /// <summary>The first number behind a word at the beginning of a line.</summary>
    private static double NumberBehind(string text, string word)
    {
        string line = text.Split('\n').First(candidate => candidate.StartsWith(word, StringComparison.Ordinal));
        return double.Parse(line[word.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }
}
