using System.Diagnostics;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Images;

/// <summary>
/// Compares what a guest boots from, with the minimal kernel and the same agent: an initramfs beside disk images of each form, on both
/// machine types. All are sampled in turns, so that a change of the machine's mood meets all of them.
/// </summary>
public sealed class ImageBench(int samples) : IAsyncDisposable
{
    private const string TableBegins = "<!-- the newest table of images, written by the program -->";
    private static readonly string[] s_machineTypes = ["microvm", "q35"];

    // Short, since paths of unix sockets end at 107 bytes.
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("skb-");
    private SkerryHost? _host;

    public async Task<ResultFile> MeasureAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> machine = await MachineDescription.ReadAsync(cancellationToken);
        BusyboxImage image = await BusyboxImage.MakeAsync(_directory.FullName, cancellationToken);
        _host = await SkerryHost.CreateAsync(_directory.FullName, image, cancellationToken);
        IReadOnlyList<RootVariant> variants = await RootVariant.MakeAllAsync(_host, _directory.FullName, cancellationToken);
        RootStart[] starts = [.. s_machineTypes.SelectMany(type => variants.Where(variant => variant.RunsOn(type)).Select(variant => new RootStart(variant, type, _host, _directory.FullName)))];
        for (int round = 1; round <= samples; round++)
        {
            foreach (RootStart start in starts)
            {
                long began = Stopwatch.GetTimestamp();
                await start.SampleAsync(cancellationToken);
                await Console.Error.WriteLineAsync($"{round}/{samples} {start.Name}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
            }
        }

        List<Comparison> lines = [.. RootStart.Measures.SelectMany(measure => Lines(measure, starts))];
        lines.AddRange(variants.Select(variant => Size($"size of the root, {variant.Name}", variant.File)));
        lines.Add(Size("size of the agent", Path.Combine(Installation.Bin, "skerry-agent")));
        return new ResultFile { MeasuredAt = TimeProvider.System.GetUtcNow(), Machine = machine, Comparisons = lines };
    }

    /// <summary>Writes the results under bench/results and into README.md.</summary>
    public static void Report(ResultFile results) =>
        ResultReport.Write(results, "image-", date => BarChart.Draw($"Guests from disk images beside an initramfs, {date}", results.Comparisons), TableBegins);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private static IEnumerable<Comparison> Lines(string measure, RootStart[] starts)
    {
        foreach (RootStart start in starts.Where(start => start.Variant.Name != RootVariant.Reference))
        {
            RootStart reference = starts.Single(other => other.Variant.Name == RootVariant.Reference && other.MachineType == start.MachineType);
            yield return new Comparison
            {
                Name = $"{measure}: {start.Name}",
                Ours = start[measure],
                Reference = reference[measure],
                ReferenceName = RootVariant.Reference,
            };
        }
    }

    private static Comparison Size(string name, string path) => new() { Name = name, Ours = new Samples("MiB", [new FileInfo(path).Length / 1048576.0]) };
}
