namespace Skerry.Hypervisor;

/// <summary>When the host-side steps of one machine happened, each measured from the call of <see cref="IHypervisor.StartAsync"/>.</summary>
/// <remarks>Thread-safe: steps are written once each and read at any time; a step that has not happened is null.</remarks>
public sealed class MachineTimeline
{
    private readonly TimeProvider _clock;
    private readonly long[] _ticks = new long[4];

    /// <summary>Starts the clock now.</summary>
    public MachineTimeline(TimeProvider clock)
    {
        _clock = clock;
        StartTimestamp = clock.GetTimestamp();
    }

    /// <summary>The instant all steps are measured from, as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    public long StartTimestamp { get; }

    /// <summary>Arguments, kernel and accelerator were checked.</summary>
    public TimeSpan? Prepared => Read(0);

    /// <summary>The VMM process exists.</summary>
    public TimeSpan? Spawned => Read(1);

    /// <summary>The VMM's monitor answered: devices are made and the guest's CPUs run.</summary>
    public TimeSpan? Running => Read(2);

    /// <summary>The VMM process is gone.</summary>
    public TimeSpan? Exited => Read(3);

    internal void MarkPrepared() => Mark(0);

    internal void MarkSpawned() => Mark(1);

    internal void MarkRunning() => Mark(2);

    internal void MarkExited() => Mark(3);

    private void Mark(int step) =>
        Interlocked.CompareExchange(ref _ticks[step], Math.Max(1, _clock.GetElapsedTime(StartTimestamp).Ticks), 0);

    private TimeSpan? Read(int step) => Interlocked.Read(ref _ticks[step]) is > 0 and long ticks ? TimeSpan.FromTicks(ticks) : null;
}
