using System.Globalization;
using System.Runtime.InteropServices;
using Skerry.Bench;
using Skerry.Bench.Images;
using Skerry.Bench.Kernels;
using Skerry.Bench.Pods;
using Skerry.Bench.Results;

const int DefaultSamples = 9;
const int DefaultCycles = 200;
bool kernels = args is ["kernel", ..];
bool images = args is ["image", ..];
bool pods = args is ["pods", ..];
string[] rest = kernels || images || pods ? args[1..] : args;
int samples = NumberAt(0, DefaultSamples);
int cycles = NumberAt(1, DefaultCycles);
if (rest.Length > (pods ? 2 : 1) || samples < 1 || cycles < 1)
{
    await Console.Error.WriteLineAsync($"usage: Skerry.Bench [kernel|image] [SAMPLES={DefaultSamples}], or: Skerry.Bench pods [SAMPLES={DefaultSamples}] [CYCLES={DefaultCycles}]");
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
        KernelResults measured = await bench.MeasureAsync(interrupted.Token);
        KernelBench.Report(measured);
        await Console.Out.WriteLineAsync(ResultTable.Format(measured.Results.Comparisons));
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

    if (pods)
    {
        await using var bench = new PodBench(samples, cycles);
        ResultFile measured = await bench.MeasureAsync(interrupted.Token);
        PodBench.Report(measured);
        await Console.Out.WriteLineAsync(ResultReport.Tables(measured));
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

// 0 for what is no number.
int NumberAt(int index, int otherwise) =>
    rest.Length <= index ? otherwise : int.TryParse(rest[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}
