using System.Diagnostics;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Bench.Scenarios;

/// <summary>
/// <c>start</c> of a shim as containerd calls it, from the call to the end of the program with the address printed; the same for
/// ours and for runc's. The daemon it leaves is then told to shut down.
/// </summary>
public sealed class ShimStartScenario(ContainerdHost containerd, string directory) : IScenario
{
    private const string RuncShim = "/usr/bin/containerd-shim-runc-v2";
    private const double Budget = 1.0;
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(10);

    private readonly List<double> _ours = [];
    private readonly List<double> _runc = [];

    public string Name => "shim start";

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        _runc.Add(await MeasureAsync(RuncShim, string.Create(CultureInfo.InvariantCulture, $"start-runc-{round}"), cancellationToken));
        _ours.Add(await MeasureAsync(Installation.Shim, string.Create(CultureInfo.InvariantCulture, $"start-skerry-{round}"), cancellationToken));
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        new Comparison
        {
            Name = "shim `start` until the socket is ready",
            Ours = new Samples("ms", _ours),
            Reference = new Samples("ms", _runc),
            ReferenceName = "containerd-shim-runc-v2",
            Budget = Budget,
        },
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<double> MeasureAsync(string shim, string id, CancellationToken cancellationToken)
    {
        DirectoryInfo bundle = Directory.CreateDirectory(Path.Combine(directory, id));
        await File.WriteAllTextAsync(Path.Combine(bundle.FullName, "config.json"), """{"ociVersion":"1.0.2","annotations":{}}""", cancellationToken);
        try
        {
            // A manager listens to its shims: runc's ends when nobody does.
            string log = Path.Combine(bundle.FullName, "log");
            Fifos.Make(log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await using var listening = new FileStream(log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            long start = Stopwatch.GetTimestamp();
            ToolResult result = await Tool.RunAsync(
                shim,
                ["-namespace", ContainerdHost.Namespace, "-address", containerd.Address, "-publish-binary", "/usr/bin/containerd", "-id", id, "start"],
                cancellationToken,
                containerd.ShimEnvironment,
                bundle.FullName);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            string address = result.Ok().Output.Trim();
            await ShutDownAsync(address[(address.IndexOf(':', StringComparison.Ordinal) + "://".Length)..], id, cancellationToken);
            return elapsed;
        }
        finally
        {
            foreach (int pid in HostProcesses.Find(Path.GetFileName(shim), id))
            {
                await HostProcesses.WaitOrKillAsync(pid, s_endLimit);
            }

            bundle.Delete(recursive: true);
        }
    }

    private static async Task ShutDownAsync(string socket, string id, CancellationToken cancellationToken)
    {
        await using var client = new TtrpcClient(await UnixSockets.ConnectAsync(socket, cancellationToken));
        try
        {
            await client.CallAsync(ServiceNames.TaskV2, "Shutdown", new ShutdownRequest { Id = id, Now = true }, Empty.Parser, s_endLimit, cancellationToken);
        }
        catch (TtrpcException error) when (error.Code == TtrpcStatusCode.Unavailable)
        {
            // It went before it answered.
        }

        await client.Closed.WaitAsync(s_endLimit, cancellationToken);
        File.Delete(socket);
    }
}
