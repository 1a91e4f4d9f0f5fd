using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qemu;

/// <summary>The QEMU process and our ends of what it inherited. Nothing of it outlives its disposal.</summary>
internal sealed class QemuProcess : IAsyncDisposable
{
    private const int KeptErrorBytes = 16 * 1024;
    private const int SIGKILL = 9;
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(1);

    private readonly SpawnedProcess _process;
    private readonly FdStream _console;
    private readonly FdStream _errors;
    private readonly BoundedTail _errorTail = new(KeptErrorBytes);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _draining;

    private QemuProcess(SpawnedProcess process, Ends ends, ConsoleRing ring)
    {
        _process = process;
        Channel = new FdStream(ends.Channel.Ours);
        Monitor = new FdStream(ends.Monitor.Ours);
        _console = new FdStream(ends.Console.Ours);
        _errors = new FdStream(ends.Errors.Ours);
        _draining = Task.WhenAll(
            Task.Run(() => StreamDrain.RunAsync(_console, ring.Append, _stopping.Token)),
            Task.Run(() => StreamDrain.RunAsync(_errors, _errorTail.Append, _stopping.Token)));
    }

    internal int Pid => _process.Pid;

    internal FdStream Channel { get; }

    internal FdStream Monitor { get; }

    /// <summary>What QEMU wrote to its standard error.</summary>
    internal string Errors => _errorTail.ToString();

    /// <exception cref="HypervisorException">HostDenied when the program cannot be run; ResourceExhausted without descriptors or processes.</exception>
    internal static QemuProcess Spawn(MachineConfig config, IReadOnlyList<string> arguments, ConsoleRing ring)
    {
        var ends = new Ends();
        try
        {
            using FileDescriptor? network = config.NetworkNamespacePath is { } path ? FileDescriptor.Open(path, OpenFlags.O_RDONLY) : null;
            SpawnedProcess process = Spawner.Spawn(Request(config, arguments, ends, network));
            return new QemuProcess(process, ends, ring);
        }
        catch (SkerryException cause)
        {
            ends.CloseOurs();
            throw new HypervisorException(cause.Kind, $"cannot start the VMM \"{config.VmmPath}\"", "see: skerry check", cause);
        }
        finally
        {
            ends.CloseTheirs();
        }
    }

    /// <summary>Waits for the end of the process and then, briefly, for the last of what it wrote.</summary>
    internal async Task<ExitStatus> WaitAsync()
    {
        ExitStatus status = await _process.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        await _draining.WaitAsync(s_drainLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return status;
    }

    /// <summary>Sends a signal; does nothing when the process has ended.</summary>
    internal void Signal(int signal) => _process.PidFd.SendSignal(signal);

    /// <summary>Kills what runs and closes everything; the caller waits for the exit through <see cref="WaitAsync"/> first or later.</summary>
    public async ValueTask DisposeAsync()
    {
        Signal(SIGKILL);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _draining.ConfigureAwait(false);
        await Channel.DisposeAsync().ConfigureAwait(false);
        await Monitor.DisposeAsync().ConfigureAwait(false);
        await _console.DisposeAsync().ConfigureAwait(false);
        await _errors.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _process.Dispose();
    }

    private static SpawnRequest Request(MachineConfig config, IReadOnlyList<string> arguments, Ends ends, FileDescriptor? network) => new()
    {
        Path = config.VmmPath,
        Args = [config.VmmPath, .. arguments],
        Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"],
        WorkingDirectory = "/",
        Stdout = ends.Errors.Theirs,
        Stderr = ends.Errors.Theirs,
        InheritedDescriptors =
        [
            (ends.Channel.Theirs, QemuDescriptors.Channel),
            (ends.Monitor.Theirs, QemuDescriptors.Monitor),
            (ends.Console.Theirs, QemuDescriptors.Console),
            .. QemuNetwork.Descriptors(config.NetworkDevices),
        ],
        Namespaces = config.OwnNetworkNamespace ? CloneFlags.CLONE_NEWNET : CloneFlags.None,
        JoinNamespaces = network is null ? [] : [(network, CloneFlags.CLONE_NEWNET)],
        CgroupProcsFiles = config.CgroupProcsFiles,
        ParentDeathSignal = SIGKILL,
        NewSession = true,
    };

    /// <summary>The descriptors of one launch, ours and those QEMU inherits.</summary>
    private sealed class Ends
    {
        internal (FileDescriptor Ours, FileDescriptor Theirs) Channel { get; } = SocketPair.Create();

        internal (FileDescriptor Ours, FileDescriptor Theirs) Monitor { get; } = SocketPair.Create();

        internal (FileDescriptor Ours, FileDescriptor Theirs) Console { get; } = SocketPair.Create();

        internal (FileDescriptor Ours, FileDescriptor Theirs) Errors { get; } = Pipes.Create();

        internal void CloseTheirs() => Close(Channel.Theirs, Monitor.Theirs, Console.Theirs, Errors.Theirs);

        internal void CloseOurs() => Close(Channel.Ours, Monitor.Ours, Console.Ours, Errors.Ours);

        private static void Close(params ReadOnlySpan<FileDescriptor> descriptors)
        {
            foreach (FileDescriptor descriptor in descriptors)
            {
                descriptor.Dispose();
            }
        }
    }
}
