using System.Diagnostics;

namespace Skerry.Bench.Hosts;

/// <summary>A real containerd of the run's own: private root, state and socket, our shim in its PATH, the busybox image imported.</summary>
public sealed class ContainerdHost : IAsyncDisposable
{
    public const string SkerryRuntime = "io.containerd.skerry.v2";
    public const string RuncRuntime = "io.containerd.runc.v2";
    public const string Namespace = "bench";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(20);

    private readonly string _directory;
    private readonly Dictionary<string, string> _environment;
    private readonly string _log;
    private Process? _daemon;

    private ContainerdHost(string directory)
    {
        _directory = directory;
        _log = Path.Combine(directory, "containerd.log");
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Installation.Bin}:{Environment.GetEnvironmentVariable("PATH")}",
            ["SKERRY_STATE_DIR"] = Path.Combine(directory, "sky"),
            ["TTRPC_ADDRESS"] = Address + ".ttrpc",
        };
    }

    public string Address => Path.Combine(_directory, "containerd.sock");

    /// <summary>What containerd tells its shims by their environment.</summary>
    public IReadOnlyDictionary<string, string> ShimEnvironment => _environment;

    public static async Task<ContainerdHost> StartAsync(string directory, BusyboxImage image, CancellationToken cancellationToken)
    {
        var host = new ContainerdHost(directory);
        try
        {
            await host.StartDaemonAsync(cancellationToken);
            (await host.CtrAsync(["image", "import", image.Archive], cancellationToken)).Ok();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>ctr</c> against this containerd.</summary>
    public Task<ToolResult> CtrAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        Tool.RunAsync("ctr", ["-a", Address, "-n", Namespace, .. arguments], cancellationToken, _environment);

    public async ValueTask DisposeAsync()
    {
        if (_daemon is { HasExited: false })
        {
            await EndTasksAsync();
            _daemon.Kill();
            await _daemon.WaitForExitAsync().WaitAsync(s_endLimit);
        }

        _daemon?.Dispose();
    }

    private async Task EndTasksAsync()
    {
        foreach (string id in await ListAsync(["tasks", "ls", "-q"]))
        {
            await CtrAsync(["tasks", "delete", "-f", id], CancellationToken.None);
        }

        foreach (string id in await ListAsync(["containers", "ls", "-q"]))
        {
            await CtrAsync(["containers", "delete", id], CancellationToken.None);
        }
    }

    private async Task<string[]> ListAsync(IEnumerable<string> arguments) =>
        (await CtrAsync(arguments, CancellationToken.None)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task StartDaemonAsync(CancellationToken cancellationToken)
    {
        string config = Path.Combine(_directory, "containerd.toml");
        await File.WriteAllTextAsync(
            config,
            $"""
            version = 2
            root = "{_directory}/root"
            state = "{_directory}/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
            [grpc]
            address = "{Address}"
            """,
            cancellationToken);
        _daemon = Tool.Start("sh", ["-c", $"exec containerd -c {config} >>{_log} 2>&1"], _environment);

        // containerd tells nobody when it serves: ask until it answers.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        long start = Stopwatch.GetTimestamp();
        while (!File.Exists(Address) || (await CtrAsync(["version"], cancellationToken)).ExitCode != 0)
        {
            if (_daemon.HasExited || Stopwatch.GetElapsedTime(start) > s_startLimit)
            {
                throw new InvalidOperationException($"containerd does not answer; it said: {await File.ReadAllTextAsync(_log, cancellationToken)}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
