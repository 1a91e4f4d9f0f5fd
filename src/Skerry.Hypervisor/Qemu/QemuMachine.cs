using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Hypervisor.Qmp;

namespace Skerry.Hypervisor.Qemu;

/// <summary>One QEMU and the guest in it.</summary>
/// <remarks>
/// launched ──monitor answers──▶ running ──QEMU's process ends──▶ exited. From either of the first two,
/// <see cref="StopAsync"/> and disposal lead to exited. <see cref="Exited"/> is the only source of truth about the end.
/// </remarks>
internal sealed partial class QemuMachine : IVirtualMachine
{
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;
    private static readonly TimeSpan s_commandTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(5);

    private readonly MachineConfig _config;
    private readonly ILogger _logger;
    private readonly ConsoleRing _ring;
    private readonly QemuProcess _process;
    private readonly QmpSession _monitor;
    private readonly QemuResources? _resources;
    private readonly QemuDevices? _devices;
    private volatile string _shutdownReason = string.Empty;
    private volatile bool _stopping;
    private int _disposed;

    private QemuMachine(
        MachineConfig config, AcceleratorDecision accelerator, QemuProcess process, ConsoleRing ring, MachineTimeline timeline, ILogger logger)
    {
        _config = config;
        _logger = logger;
        _ring = ring;
        _process = process;
        Accelerator = accelerator;
        Timeline = timeline;
        _monitor = new QmpSession(process.Monitor, OnEvent);
        _resources = new QemuResources(config, _monitor, QemuResources.DefaultGuestLimit);
        Exited = Task.Run(WatchAsync);
        _devices = new QemuDevices(config, _monitor, Exited, () => Quote(ConsoleTail(KeptConsoleBytes)), logger);
    }

    /// <inheritdoc/>
    public int ProcessId => _process.Pid;

    /// <inheritdoc/>
    public IReadOnlyList<int> ProcessIds => [_process.Pid];

    /// <inheritdoc/>
    public AcceleratorDecision Accelerator { get; }

    /// <inheritdoc/>
    public Stream? GuestChannelStream => _process.Channel;

    /// <inheritdoc/>
    public string? VsockSocketPath => null;

    /// <inheritdoc/>
    public IMachineResources Resources => _resources!;

    /// <inheritdoc/>
    public Task<MachineExit> Exited { get; }

    /// <inheritdoc/>
    public MachineTimeline Timeline { get; }

    /// <summary>Starts the process; the guest's CPUs run before QEMU's monitor answers.</summary>
    internal static QemuMachine Launch(
        MachineConfig config, AcceleratorDecision accelerator, IReadOnlyList<string> arguments, MachineTimeline timeline, ILogger logger)
    {
        ConsoleRing ring = ConsoleRing.Open(config.StateDirectory, config.ConsoleLimitBytes);
        try
        {
            QemuProcess process = QemuProcess.Spawn(config, arguments, ring);
            timeline.MarkSpawned();
            return new QemuMachine(config, accelerator, process, ring, timeline, logger);
        }
        catch
        {
            ring.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the monitor, which QEMU serves once all devices are made.</summary>
    internal async Task WaitUntilRunningAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _monitor.OpenAsync(_config.LaunchTimeout + QemuAssignedDevices.MoreTime(_config), cancellationToken).ConfigureAwait(false);
        }
        catch (HypervisorException cause) when (cause.Kind == FailureKind.Unavailable)
        {
            // The monitor ends with the process; what QEMU said about it comes with the exit.
            await HasExitedWithinAsync(s_commandTimeout, cancellationToken).ConfigureAwait(false);
            throw LaunchFailure(cause);
        }

        Timeline.MarkRunning();
        Log.Running(_logger, _config.Id.Value, ProcessId, Timeline.Running!.Value.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public string ConsoleTail(int maxBytes) => _ring.Tail(maxBytes);

    /// <inheritdoc/>
    public Task PauseAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("stop", s_commandTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancellationToken) => _monitor.ExecuteAsync("cont", s_commandTimeout, cancellationToken);

    /// <inheritdoc/>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        _stopping = true;
        TimeSpan part = grace / 2;
        if (part > TimeSpan.Zero
            && (await QuitAsync(part, cancellationToken).ConfigureAwait(false) || await SignalAsync(SIGTERM, waited: part, part, cancellationToken).ConfigureAwait(false)))
        {
            return;
        }

        if (!await SignalAsync(SIGKILL, waited: grace, s_killLimit, cancellationToken).ConfigureAwait(false))
        {
            throw new HypervisorException(
                FailureKind.TimedOut, $"the VMM {ProcessId} did not end within {s_killLimit.TotalSeconds} s of SIGKILL", "it hangs in the host's kernel; see dmesg");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping = true;
        await SignalAsync(SIGKILL, waited: TimeSpan.Zero, s_killLimit, CancellationToken.None).ConfigureAwait(false);
        await _monitor.DisposeAsync().ConfigureAwait(false);
        await _process.DisposeAsync().ConfigureAwait(false);
        _ring.Dispose();
        _devices?.Dispose();
        _resources?.Dispose();
    }

    private async Task<bool> QuitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _monitor.ExecuteAsync("quit", limit, cancellationToken).ConfigureAwait(false);
        }
        catch (HypervisorException)
        {
            // It is gone already, or it does not listen; waiting for the exit tells which.
            return await HasExitedWithinAsync(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
        }

        return await HasExitedWithinAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> SignalAsync(int signal, TimeSpan waited, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!Exited.IsCompleted)
        {
            if (waited > TimeSpan.Zero)
            {
                Log.Signalling(_logger, _config.Id.Value, ProcessId, waited.TotalMilliseconds, signal);
            }

            _process.Signal(signal);
        }

        return await HasExitedWithinAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> HasExitedWithinAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
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
