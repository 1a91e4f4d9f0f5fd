using System.Diagnostics;

namespace Skerry.SystemTests.Hosts;

/// <summary>A real containerd of the test's own: private root, state and socket, our shim in its PATH, the busybox image imported.</summary>
public sealed class ContainerdHost : IAsyncDisposable
{
    public const string SkerryRuntime = "io.containerd.skerry.v2";
    public const string RuncRuntime = "io.containerd.runc.v2";

    private readonly string _directory;
    private readonly Dictionary<string, string> _environment;
    private Process? _process;

    private ContainerdHost(string directory)
    {
        _directory = directory;
        StateDirectory = Path.Combine(directory, "skerry");
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Checkout.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
            ["SKERRY_STATE_DIR"] = StateDirectory,
        };
    }

    /// <summary>The private directory of sandboxes, a mark of everything this host starts.</summary>
    public string StateDirectory { get; }

    public string Address => Path.Combine(_directory, "containerd.sock");

    /// <summary>The environment of this containerd and of programs that work with it.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables => _environment;

    /// <summary>What the host may have left on the machine.</summary>
    public Leftovers Leftovers => new(_directory);

    /// <summary>What one container may have left on the machine.</summary>
    public Leftovers LeftoversOf(string id) => new(id) { StateDirectory = StateDirectory };

    public static async Task<ContainerdHost> StartAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        Checkout.RequireVm();
        // Short, since unix socket paths end at 107 bytes.
        var host = new ContainerdHost(Directory.CreateTempSubdirectory("sky-").FullName);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            host._environment[name] = value;
        }

        await File.WriteAllTextAsync(Path.Combine(host._directory, "config.toml"), $"""
            version = 2
            root = "{host._directory}/root"
            state = "{host._directory}/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
            [grpc]
            address = "{host.Address}"
            """);
        await host.StartDaemonAsync();
        string archive = await BusyboxImage.ArchiveAsync();
        (await host.CtrAsync("image", "import", archive)).Ok();
        return host;
    }

    /// <summary>Runs <c>ctr</c> against this containerd.</summary>
    public Task<ToolResult> CtrAsync(params IEnumerable<string> arguments) =>
        Tool.RunAsync("ctr", ["-a", Address, "-n", "test", .. arguments], _environment);

    /// <summary>Runs <c>ctr</c> with something on its standard input.</summary>
    public Task<ToolResult> CtrWithInputAsync(string input, params IEnumerable<string> arguments) =>
        Tool.RunAsync("ctr", ["-a", Address, "-n", "test", .. arguments], _environment, input);

    /// <summary>Starts <c>ctr</c> with pipes that the test drives.</summary>
    public Process StartCtr(params IEnumerable<string> arguments) =>
        Tool.Start("ctr", ["-a", Address, "-n", "test", .. arguments], _environment);

    /// <summary><c>ctr run --rm</c> of the busybox image; <paramref name="flags"/> go before the image.</summary>
    public Task<ToolResult> RunAsync(string runtime, string id, IEnumerable<string> flags, params IEnumerable<string> command) =>
        CtrAsync(["run", "--rm", "--runtime", runtime, .. flags, BusyboxImage.Name, id, .. command]);

    /// <summary>Starts a detached container of the busybox image.</summary>
    public async Task StartContainerAsync(string runtime, string id, IEnumerable<string> flags, params IEnumerable<string> command) =>
        (await CtrAsync(["run", "-d", "--runtime", runtime, .. flags, BusyboxImage.Name, id, .. command])).Ok();

    /// <summary>Status of a task as <c>ctr tasks ls</c> prints it (RUNNING, STOPPED …); null when there is none.</summary>
    public async Task<string?> TaskStatusAsync(string id)
    {
        ToolResult list = (await CtrAsync("tasks", "ls")).Ok();
        return list.Output.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(columns => columns.Length == 3 && columns[0] == id)?[2];
    }

    /// <summary>What containerd, and through it its shims, have logged.</summary>
    public Task<string> DaemonLogAsync() => File.ReadAllTextAsync(Path.Combine(_directory, "containerd.log"));

    /// <summary>Kills containerd with SIGKILL; its shims live on.</summary>
    public async Task KillDaemonAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }
    }

    public async Task StartDaemonAsync()
    {
        string log = Path.Combine(_directory, "containerd.log");
        _process = Tool.Start("sh", ["-c", $"exec containerd -c {_directory}/config.toml >>{log} 2>&1"], _environment);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(_process.HasExited, $"containerd ended: {(File.Exists(log) ? await File.ReadAllTextAsync(log) : string.Empty)}");
                return File.Exists(Address) && (await CtrAsync("version")).ExitCode == 0;
            },
            "containerd answers");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            foreach (string id in await ListAsync("tasks", "ls", "-q"))
            {
                await CtrAsync("tasks", "delete", "-f", id);
            }

            foreach (string id in await ListAsync("containers", "ls", "-q"))
            {
                await CtrAsync("containers", "delete", id);
            }
        }

        await KillDaemonAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<string[]> ListAsync(params string[] arguments) =>
        (await CtrAsync(arguments)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
