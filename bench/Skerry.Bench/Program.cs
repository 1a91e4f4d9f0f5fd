using System.Globalization;
using System.Runtime.InteropServices;
using Skerry.Bench;
using Skerry.Bench.Images;
using Skerry.Bench.Kernels;
using Skerry.Bench.Results;

bool kernels = args is ["kernel", ..];
bool images = args is ["image", ..];
string[] rest = kernels || images ? args[1..] : args;
if (rest.Length > 1 || !int.TryParse(rest is [var count] ? count : "9", NumberStyles.None, CultureInfo.InvariantCulture, out int samples) || samples < 1)
{
    await Console.Error.WriteLineAsync("usage: Skerry.Bench [kernel|image] [SAMPLES=9]");
    return 2;
}

if (!Environment.IsPrivilegedProcess)
{
    await Console.Error.WriteLineAsync("error: needs root, for mounts, cgroups and containerd");
    return 1;
}

using var interrupted = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
ResultFile results;
try
{
    if (kernels)
    {
        await using var bench = new KernelBench(samples);
        (ResultFile measured, IReadOnlyList<StackedBar> bars) = await bench.MeasureAsync(interrupted.Token);
        KernelBench.Report(measured, bars);
        await Console.Out.WriteLineAsync(ResultTable.Format(measured.Comparisons));
        return 0;
    }

    if (images)
    {
        await using var bench = new ImageBench(samples);
        ResultFile measured = await bench.MeasureAsync(interrupted.Token);
        ImageBench.Report(measured);
        await Console.Out.WriteLineAsync(ResultTable.Format(measured.Comparisons));
        return 0;
    }

    await using var run = new BenchRun(samples);
    results = await run.MeasureAsync(interrupted.Token);
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("interrupted; everything started is ended");
    return 130;
}

ResultReport.Write(results);
await Console.Out.WriteLineAsync(ResultTable.Format(results.Comparisons));
return 0;

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}
