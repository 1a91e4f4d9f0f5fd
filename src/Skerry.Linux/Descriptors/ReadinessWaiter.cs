using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Skerry.Linux;

/// <summary>One wait for one descriptor; reused through <see cref="Reactor"/>'s pool, so that waiting allocates nothing.</summary>
internal sealed class ReadinessWaiter(Reactor owner) : IValueTaskSource, IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = !owner.IsInline };
    private CancellationTokenRegistration _cancellation;
    private SafeHandle? _descriptor;

    /// <summary>The next wait for the same descriptor, or the next free waiter of the pool.</summary>
    internal ReadinessWaiter? Next { get; set; }

    /// <summary>What is waited for, and how it ends when it is cancelled.</summary>
    internal WaitKind Kind { get; set; }

    /// <summary>The descriptor waited for; valid between <see cref="Hold"/> and <see cref="Release"/>.</summary>
    internal int Number { get; private set; }

    /// <summary>The generation: it changes when the waiter is used again.</summary>
    internal short Version => _core.Version;

    /// <summary>Ends when the descriptor is ready, with an exception when the wait was cancelled or failed.</summary>
    internal ValueTask Task => new(this, _core.Version);

    /// <summary>As <see cref="Task"/>, for <see cref="WaitKind.ReadableOrCancelled"/>: false when it was cancelled.</summary>
    internal ValueTask<bool> Trial => new(this, _core.Version);

    /// <summary>Keeps the descriptor open, so that its number cannot come to mean another file while it is watched.</summary>
    internal void Hold(SafeHandle descriptor)
    {
        bool added = false;
        descriptor.DangerousAddRef(ref added);
        _descriptor = descriptor;
        Number = (int)descriptor.DangerousGetHandle();
    }

    internal bool IsFor(SafeHandle descriptor) => ReferenceEquals(_descriptor, descriptor);

    internal void Release()
    {
        _descriptor?.DangerousRelease();
        _descriptor = null;
    }

    /// <summary>Ends this wait when the token is cancelled.</summary>
    internal void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return;
        }

        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (waiter, version) = ((ReadinessWaiter, short))state!;
                waiter.Cancel(version, token);
            },
            (this, Version));
        _cancellation = registration;
    }

    internal void Complete() => _core.SetResult(true);

    internal void Fail(Exception error) => _core.SetException(error);

    internal void EndCancelled(CancellationToken cancellationToken)
    {
        if (Kind == WaitKind.ReadableOrCancelled)
        {
            _core.SetResult(false);
        }
        else
        {
            _core.SetException(new OperationCanceledException(cancellationToken));
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <summary>False when the wait was cancelled, and its kind allows that.</summary>
    public bool GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _cancellation.Dispose();
            _cancellation = default;
            _core.Reset();
            owner.Return(this);
        }
    }

    private void Cancel(short version, CancellationToken cancellationToken) => owner.Cancel(this, version, cancellationToken);
}
