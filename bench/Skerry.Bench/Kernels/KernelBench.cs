using System.Diagnostics;
using Skerry.Bench.Guests;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Kernels;

/// <summary>
/// Compares guest kernels: Debian's and the minimal one, packed and not, on both machine types. All are sampled in turns, so that a
/// change of the machine's mood meets all of them.
/// </summary>
public sealed class KernelBench(int samples) : IAsyncDisposable
{
    private const string TableBegins = "<!-- the newest table of kernels, written by the program -->";
    private static readonly string[] s_machineTypes = ["microvm", "q35"];

    private const string Minimal = "minimal vmlinux";

    /// <summary>The minimal vmlinux reaches /init in at most this part of Debian's time.</summary>
    private const double ToInitBudget = 0.4;

    /// <summary>What the minimal vmlinux may take, in the measure's own unit.</summary>
    private static readonly (string Measure, double Budget)[] s_limits = [(KernelMeasure.InitToAgent, 120), (KernelMeasure.GuestMemory, 40)];

    /// <summary>Mebibytes.</summary>
    private const double InitramfsBudget = 4;

    // Short, since paths of unix sockets end at 107 bytes.
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("skb-");
    private SkerryHost? _host;

    public async Task<KernelResults> MeasureAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> machine = await MachineDescription.ReadAsync(cancellationToken);
        BusyboxImage image = await BusyboxImage.MakeAsync(_directory.FullName, cancellationToken);
        _host = await SkerryHost.CreateAsync(_directory.FullName, image, cancellationToken);
        IReadOnlyList<KernelVariant> variants = await KernelVariant.MakeAllAsync(_host, _directory.FullName, cancellationToken);
        CountingEmulator emulator = await CountingEmulator.MakeAsync(_directory.FullName, cancellationToken);
        KernelStart[] starts = [.. variants.SelectMany(variant => s_machineTypes.Select(type => new KernelStart(variant, type, _host, emulator, _directory.FullName)))];
        for (int round = 1; round <= samples; round++)
        {
            foreach (KernelStart start in starts)
            {
                long began = Stopwatch.GetTimestamp();
                await start.SampleAsync(cancellationToken);
                await Console.Error.WriteLineAsync($"{round}/{samples} {start.Name}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
            }
        }

        List<Comparison> lines = [.. KernelMeasure.Shown.SelectMany(measure => Lines(measure, starts))];
        lines.AddRange(starts.Where(start => start.Variant.Name == Minimal).SelectMany(Limited));
        lines.AddRange(await SmallestAsync(variants, _host, cancellationToken));
        lines.AddRange(variants.Select(variant => Size($"size of the kernel, {variant.Name}", variant.Kernel)));
        lines.AddRange(variants.DistinctBy(variant => variant.Initrd).Select(variant => Size($"size of the initramfs, {variant.Name}", variant.Initrd, variant.Name == KernelVariant.Reference ? null : InitramfsBudget)));
        lines.Add(Size("size of the agent", Path.Combine(Installation.Bin, "skerry-agent")));
        var results = new ResultFile { MeasuredAt = TimeProvider.System.GetUtcNow(), Machine = machine, Comparisons = lines };
        return new KernelResults(results, [.. starts.Select(start => start.Breakdown())], [.. starts.Select(start => start.Instructions())]);
    }

    /// <summary>Writes the results under bench/results and into README.md.</summary>
    public static void Report(KernelResults measured)
    {
        ResultReport.Write(measured.Results, "kernel-", date => StackedChart.Draw($"From skerry run to the first output, {date}, medians", measured.Times), TableBegins);
        string chart = StackedChart.Draw("Guest instructions until the agent is ready", measured.Instructions, "million");
        File.WriteAllText(Path.Combine(Installation.Results, "kernel-instructions-latest.svg"), chart);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private static IEnumerable<Comparison> Lines(string measure, KernelStart[] starts)
    {
        foreach (KernelStart start in starts.Where(start => start.Variant.Name != KernelVariant.Reference))
        {
            KernelStart reference = starts.Single(other => other.Variant.Name == KernelVariant.Reference && other.MachineType == start.MachineType);
            yield return new Comparison
            {
                Name = $"{measure}: {start.Name}",
                Ours = start[measure],
                Reference = reference[measure],
                ReferenceName = KernelVariant.Reference,
                Budget = measure == KernelMeasure.ToInit && start.Variant.Name == Minimal ? ToInitBudget : null,
            };
        }
    }

    /// <summary>The lines of one start that have a budget of their own, whatever another kernel takes.</summary>
    private static IEnumerable<Comparison> Limited(KernelStart start) =>
        s_limits.Select(limit => new Comparison { Name = $"{limit.Measure}: {start.Name}, against the budget", Ours = start[limit.Measure], Budget = limit.Budget });

    private async Task<IReadOnlyList<Comparison>> SmallestAsync(IReadOnlyList<KernelVariant> variants, SkerryHost host, CancellationToken cancellationToken)
    {
        KernelVariant minimal = variants.Single(variant => variant.Name == Minimal);
        KernelVariant debian = variants.Single(variant => variant.Name == KernelVariant.Reference);
        var lines = new List<Comparison>();
        foreach (string machineType in s_machineTypes)
        {
            lines.Add(new Comparison
            {
                Name = $"least memory that runs a container: {minimal.Name}, {machineType}",
                Ours = new Samples("MiB", [await SmallestMemory.FindAsync(minimal, machineType, host, _directory.FullName, cancellationToken)]),
                Reference = new Samples("MiB", [await SmallestMemory.FindAsync(debian, machineType, host, _directory.FullName, cancellationToken)]),
                ReferenceName = debian.Name,
            });
        }

        return lines;
    }

    private static Comparison Size(string name, string path, double? budget = null) =>
        new() { Name = name, Ours = new Samples("MiB", [new FileInfo(path).Length / 1048576.0]), Budget = budget };
}
