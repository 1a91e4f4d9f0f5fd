using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Hypervisor.VirtioFs;

/// <summary>A running virtiofsd, which serves one directory to one machine and ends when that machine's VMM closes the connection.</summary>
/// <remarks>
/// The socket is ours: it listens before the daemon runs, so the VMM can be started at the same time and simply waits.
/// Thread-safe. Disposing kills what still runs and removes the socket.
/// </remarks>
public sealed class VirtioFsDaemon : IAsyncDisposable
{
    private const int KeptErrorBytes = 8 * 1024;
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;
    private const ulong EnoughOpenFiles = 1_000_000;
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(5);

    private readonly VirtioFsDaemonConfig _config;
    private readonly ILogger _logger;
    private readonly SpawnedProcess _process;
    private readonly FdStream _errors;
    private readonly BoundedTail _errorTail = new(KeptErrorBytes);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _draining;
    private volatile bool _stopping;
    private int _disposed;

    private VirtioFsDaemon(VirtioFsDaemonConfig config, SpawnedProcess process, FdStream errors, ILogger logger)
    {
        _config = config;
        _logger = logger;
        _process = process;
        _errors = errors;
        _draining = Task.Run(() => StreamDrain.RunAsync(errors, _errorTail.Append, _closing.Token));
        Exited = Task.Run(WatchAsync);
        Log.Sharing(logger, process.Pid, config.SharedDirectory, config.SocketPath);
    }

    /// <summary>The daemon's process id in the host, for display and accounting.</summary>
    public int ProcessId => _process.Pid;

    /// <summary>The socket for <see cref="Hypervisor.SharedDirectory.SocketPath"/>.</summary>
    public string SocketPath => _config.SocketPath;

    /// <summary>Completes when the daemon has ended, however that came; never faults. A normal end follows the VMM's.</summary>
    public Task<ExitStatus> Exited { get; }

    /// <summary>What the daemon said on its standard error lately.</summary>
    public string Message => _errorTail.ToString();

    /// <summary>Starts the daemon. When it returns, a VMM can connect.</summary>
    /// <exception cref="HypervisorException">
    /// HostDenied when the program cannot be run; NotFound without the directory; InvalidArgument for options it does not know.
    /// </exception>
    public static VirtioFsDaemon Start(VirtioFsDaemonConfig config, ILogger? logger = null)
    {
        Check(config);
        IReadOnlyList<string> arguments = VirtioFsArguments.Build(config, VirtioFsDialects.Detect(config.Path), OpenFilesLimit());
        using FileDescriptor socket = Listen(config.SocketPath);
        (FileDescriptor Read, FileDescriptor Write) errors = Pipes.Create();
        using FileDescriptor theirErrors = errors.Write;
        try
        {
            SpawnedProcess process = Spawner.Spawn(new SpawnRequest
            {
                Path = config.Path,
                Args = [config.Path, .. arguments],
                Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"],
                WorkingDirectory = "/",
                Stdout = theirErrors,
                Stderr = theirErrors,
                InheritedDescriptors = [(socket, VirtioFsArguments.SocketDescriptor)],
                ParentDeathSignal = SIGKILL,
                NewSession = true,
            });
            return new VirtioFsDaemon(config, process, new FdStream(errors.Read), logger ?? NullLogger.Instance);
        }
        catch (SkerryException cause)
        {
            errors.Read.Dispose();
            File.Delete(config.SocketPath);
            throw new HypervisorException(cause.Kind, $"cannot start the virtio-fs daemon \"{config.Path}\"", "check virtio_fs_daemon in the configuration", cause);
        }
    }

    /// <summary>Ends the daemon: SIGTERM, then SIGKILL after <paramref name="grace"/>. Returns when it is gone, also when it was before.</summary>
    /// <exception cref="HypervisorException">TimedOut when it outlives SIGKILL by 5 s.</exception>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        _stopping = true;
        if (await SignalAsync(SIGTERM, grace, cancellationToken).ConfigureAwait(false) || await SignalAsync(SIGKILL, s_killLimit, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        throw new HypervisorException(
            FailureKind.TimedOut, $"the virtio-fs daemon {ProcessId} did not end within {s_killLimit.TotalSeconds} s of SIGKILL", "it hangs in the host's kernel; see dmesg");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping = true;
        await SignalAsync(SIGKILL, s_killLimit, CancellationToken.None).ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _draining.ConfigureAwait(false);
        await _errors.DisposeAsync().ConfigureAwait(false);
        File.Delete(_config.SocketPath);
        _process.Dispose();
        _closing.Dispose();
    }

    private static void Check(VirtioFsDaemonConfig config)
    {
        if (!File.Exists(config.Path))
        {
            throw new HypervisorException(
                FailureKind.HostDenied,
                $"the virtio-fs daemon \"{config.Path}\" does not exist",
                "install it (Debian 12: apt-get install qemu-system-common; later: virtiofsd), or correct virtio_fs_daemon in the configuration");
        }

        if (!Directory.Exists(config.SharedDirectory))
        {
            throw new HypervisorException(FailureKind.NotFound, $"the directory to share, \"{config.SharedDirectory}\", does not exist");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(config.SocketPath) > UnixListener.MaxPathBytes)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument, $"the socket path \"{config.SocketPath}\" is longer than {UnixListener.MaxPathBytes} bytes", "use a shorter state directory or sandbox id");
        }
    }

    private static FileDescriptor Listen(string path)
    {
        try
        {
            File.Delete(path);
            return UnixListener.Open(path, backlog: 1);
        }
        catch (Exception cause) when (cause is SkerryException or IOException or UnauthorizedAccessException)
        {
            throw new HypervisorException(FailureKind.HostDenied, $"cannot listen on \"{path}\"", "check space and permissions of the state directory", cause);
        }
    }

    /// <summary>Our own hard limit: raising it further needs CAP_SYS_RESOURCE, which a container or a cloud machine may lack.</summary>
    private static ulong OpenFilesLimit()
    {
        const string name = "Max open files";
        string line = File.ReadLines("/proc/self/limits").FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal)) ?? string.Empty;
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 4 && ulong.TryParse(words[4], out ulong hard) ? Math.Min(hard, EnoughOpenFiles) : EnoughOpenFiles;
    }

    private async Task<ExitStatus> WatchAsync()
    {
        ExitStatus status = await _process.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        await _draining.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stopping && status.ShellCode != 0)
        {
            Log.DaemonEnded(_logger, ProcessId, status.Code, status.Signal, Message);
        }

        return status;
    }

    private async Task<bool> SignalAsync(int signal, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!Exited.IsCompleted)
        {
            _process.PidFd.SendSignal(signal);
        }

        try
        {
            await Exited.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
