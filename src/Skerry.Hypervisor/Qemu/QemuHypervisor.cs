using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Drives QEMU's x86 machines "microvm" and "q35", from version 7.2 on.</summary>
public sealed class QemuHypervisor(ILogger? logger = null, TimeProvider? clock = null, AcceleratorProbe? probe = null) : IHypervisor
{
    private readonly ILogger _logger = logger ?? NullLogger.Instance;
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly AcceleratorProbe _probe = probe ?? new AcceleratorProbe();

    /// <inheritdoc/>
    public HypervisorCapabilities Capabilities { get; } = new()
    {
        Name = "qemu",
        MachineTypes = [QemuPlatform.Microvm.Name, QemuPlatform.Q35.Name],
        SerialGuestChannel = true,
        VirtioFs = true,
        Pause = true,
        HotPlugMachineTypes = [QemuPlatform.Q35.Name],
        MaxVcpus = QemuPreflight.MaxVcpus,
    };

    /// <inheritdoc/>
    public async Task<IVirtualMachine> StartAsync(MachineConfig config, CancellationToken cancellationToken)
    {
        var timeline = new MachineTimeline(_clock);
        QemuPreflight.Check(config);
        AcceleratorDecision decision = _probe.Decide(config.Accelerator, config.KernelFlavor);
        if (decision.Accelerator == Accelerator.Tcg && config.Accelerator == Accelerator.Auto)
        {
            Log.NoHardwareVirtualization(_logger, config.Id.Value, decision.Reason);
        }

        IReadOnlyList<string> arguments = QemuCommandLine.Build(config, decision.Accelerator, HostClock.TscKHz(), config.Image is { } image ? new FileInfo(image).Length : 0);
        timeline.MarkPrepared();
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            Log.Starting(_logger, config.Id.Value, config.VmmPath, string.Join(' ', arguments));
        }

        QemuMachine machine = QemuMachine.Launch(config, decision, arguments, timeline, _logger);
        try
        {
            await machine.WaitUntilRunningAsync(cancellationToken).ConfigureAwait(false);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
