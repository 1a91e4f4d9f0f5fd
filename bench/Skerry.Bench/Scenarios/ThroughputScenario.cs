using System.Diagnostics;
using System.Globalization;
using Skerry.Bench.Guests;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Scenarios;

/// <summary>
/// Output of a process in the container, through agent, guest channel, shim and command line into a pipe of ours, beside raw bytes
/// that a C /init writes to the same kind of port.
/// </summary>
/// <remarks>Not "head -c": busybox copies byte by byte there, which takes five seconds for 64 MiB in an emulated guest, whoever reads.</remarks>
public sealed class ThroughputScenario(SkerryHost host, EchoGuest echo) : IScenario
{
    private const double BytesPerMebibyte = 1 << 20;
    private const long BlockBytes = 64 << 10;

    private readonly List<double> _ours = [];
    private readonly List<double> _raw = [];
    private readonly byte[] _buffer = new byte[256 << 10];
    private IdleContainer? _container;

    public string Name => "output throughput";

    public async Task PrepareAsync(CancellationToken cancellationToken) => _container = await host.StartIdleAsync("stream", cancellationToken);

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        _raw.Add(EchoGuest.TransferBytes / BytesPerMebibyte / (await echo.TransferAsync(cancellationToken)).TotalSeconds);
        _ours.Add(EchoGuest.TransferBytes / BytesPerMebibyte / (await ReadAsync(cancellationToken)).TotalSeconds);
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        new Comparison
        {
            Name = "output of a process, `skerry exec … dd if=/dev/zero bs=64k`",
            Ours = new Samples("MiB/s", _ours),
            Reference = new Samples("MiB/s", _raw),
            ReferenceName = "raw bytes written by a C /init",
            MoreIsBetter = true,
        },
    ];

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
        {
            await _container.DisposeAsync();
        }
    }

    /// <summary>The time from the first byte to the end of the output.</summary>
    private async Task<TimeSpan> ReadAsync(CancellationToken cancellationToken)
    {
        string count = string.Create(CultureInfo.InvariantCulture, $"count={EchoGuest.TransferBytes / BlockBytes}");
        using Process exec = host.Start("exec", _container!.Name, "dd", "if=/dev/zero", "bs=64k", count);
        Task<string> errors = exec.StandardError.ReadToEndAsync(cancellationToken);
        Stream output = exec.StandardOutput.BaseStream;
        long total = await output.ReadAsync(_buffer, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        int read;
        while ((read = await output.ReadAsync(_buffer, cancellationToken)) > 0)
        {
            total += read;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        await Tool.EndAsync(exec, cancellationToken);
        return total == EchoGuest.TransferBytes
            ? elapsed
            : throw new InvalidOperationException($"{total} of {EchoGuest.TransferBytes} bytes arrived; skerry exec ended with {exec.ExitCode}: {await errors}");
    }
}
