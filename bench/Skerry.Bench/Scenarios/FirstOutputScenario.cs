using System.Diagnostics;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Scenarios;

/// <summary>From the start of <c>skerry run</c> to the first byte that the container's process prints, for one machine type.</summary>
public sealed class FirstOutputScenario(SkerryHost host, string machineType, string bareInitrd, string directory) : IScenario
{
    private readonly List<double> _ours = [];
    private readonly List<double> _bare = [];
    private readonly string _configuration = Path.Combine(directory, machineType + ".toml");

    public string Name => $"first output on {machineType}";

    public Task PrepareAsync(CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(_configuration, $"[hypervisor.qemu]\nmachine_type = \"{machineType}\"\n", cancellationToken);

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        _bare.Add(await BareBoot.MeasureAsync(machineType, bareInitrd, cancellationToken));
        _ours.Add(await RunAsync(cancellationToken));
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        new Comparison
        {
            Name = $"`skerry run` to the first byte of output, {machineType}",
            Ours = new Samples("ms", _ours),
            Reference = new Samples("ms", _bare),
            ReferenceName = BareBoot.Name,
        },
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<double> RunAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using Process run = host.Start("run", "--rm", "--config", _configuration, "busybox", "echo", "x");
        Task<string> errors = run.StandardError.ReadToEndAsync(cancellationToken);
        int count = await run.StandardOutput.BaseStream.ReadAsync(new byte[16], cancellationToken);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await Tool.EndAsync(run, cancellationToken);
        return count > 0 && run.ExitCode == 0
            ? elapsed
            : throw new InvalidOperationException($"skerry run on {machineType} printed {count} bytes and ended with {run.ExitCode}: {await errors}");
    }
}
