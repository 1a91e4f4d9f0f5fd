using System.Globalization;
using System.Runtime.InteropServices;
using Skerry.Bench;
using Skerry.Bench.Results;

if (args.Length > 1 || !int.TryParse(args is [var count] ? count : "9", NumberStyles.None, CultureInfo.InvariantCulture, out int samples) || samples < 1)
{
    await Console.Error.WriteLineAsync("usage: Skerry.Bench [SAMPLES=9]");
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
