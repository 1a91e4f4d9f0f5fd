namespace Skerry.Linux;

/// <summary>One use of a waiter.</summary>
internal readonly record struct ReadinessWait(ReadinessWaiter Waiter, short Version)
{
    /// <summary>Ends when the descriptor is ready, with an exception when the wait was cancelled or failed.</summary>
    internal ValueTask Task => new(Waiter, Version);

    /// <summary>As <see cref="Task"/>, for <see cref="WaitKind.ReadableOrCancelled"/>: false when it was cancelled.</summary>
    internal ValueTask<bool> Trial => new(Waiter, Version);
}
