using System.Threading.Tasks.Sources;

namespace Skerry.Vsock.Engine;

/// <summary>A read or write that waits, used again for every one of its stream: waiting allocates nothing.</summary>
/// <remarks>
/// Everything but <see cref="Execute"/> and the awaiting side is called under the engine's lock. Whoever awaits goes on within
/// <see cref="Execute"/>, which therefore runs outside of the lock.
/// </remarks>
internal sealed class StreamOperation(VsockEngine engine, VsockConnection connection) : IValueTaskSource<int>, IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<int> _core;
    private CancellationTokenRegistration _cancellation;
    private int _result;
    private Exception? _error;
    private volatile bool _awaited;

    /// <summary>True from <see cref="Begin"/> until it has a result.</summary>
    internal bool IsPending { get; private set; }

    /// <summary>True from <see cref="Begin"/> until the awaiting side has taken the result: no other one may begin.</summary>
    internal bool IsInUse { get; private set; }

    /// <summary>True when somebody waits, so that <see cref="Execute"/> runs code that is not ours.</summary>
    internal bool IsAwaited => _awaited;

    /// <summary>Where a read puts its bytes.</summary>
    internal Memory<byte> Destination { get; private set; }

    /// <summary>What a write has not sent yet.</summary>
    internal ReadOnlyMemory<byte> Source { get; set; }

    internal StreamOperation? NextInWakeList { get; set; }

    internal short Version => _core.Version;

    /// <summary>Starts a wait.</summary>
    internal void Begin(Memory<byte> destination, ReadOnlyMemory<byte> source)
    {
        Destination = destination;
        Source = source;
        IsPending = true;
        IsInUse = true;
    }

    /// <summary>Lets <paramref name="cancellationToken"/> end the wait. Before the caller has been given the task, without the lock.</summary>
    internal void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled && _core.GetStatus(_core.Version) == ValueTaskSourceStatus.Pending)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var operation = (StreamOperation)state!;
                    operation.Cancel(token);
                },
                this);
        }
    }

    /// <summary>Gives the wait its result.</summary>
    internal void Complete(int result, ref WakeList wakes)
    {
        _result = result;
        End(ref wakes);
    }

    /// <summary>Gives the wait its error.</summary>
    internal void Fail(Exception error, ref WakeList wakes)
    {
        _error = error;
        End(ref wakes);
    }

    /// <summary>Lets the awaiting side go on, on this thread.</summary>
    public void Execute()
    {
        if (_error is { } error)
        {
            _core.SetException(error);
        }
        else
        {
            _core.SetResult(_result);
        }
    }

    /// <inheritdoc/>
    public int GetResult(short token)
    {
        // Waits for a cancellation that is running elsewhere, so that it cannot meet the next wait.
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            _error = null;
            _awaited = false;
            IsInUse = false;
        }
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _awaited = true;
        _core.OnCompleted(continuation, state, token, flags);
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        var wakes = default(WakeList);
        engine.Cancel(connection, this, cancellationToken, ref wakes);
        wakes.Run();
    }

    private void End(ref WakeList wakes)
    {
        IsPending = false;
        Destination = default;
        Source = default;
        wakes.Add(this);
    }
}
