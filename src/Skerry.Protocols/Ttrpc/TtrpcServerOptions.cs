namespace Skerry.Protocols.Ttrpc;

/// <summary>Limits and observers of a <see cref="TtrpcServer"/>.</summary>
public sealed record TtrpcServerOptions
{
    /// <summary>The most calls that run at once on one connection; a further one is answered with ResourceExhausted.</summary>
    public int MaxConcurrentCalls { get; init; } = 1024;

    /// <summary>How long <see cref="TtrpcServer.DisposeAsync"/> waits for cancelled handlers and for their answers to be sent.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// True when the thread on which the connection's bytes arrive has others to serve: handlers then run on the thread pool, except
    /// those that answer at once. False lets the thread that reads hand the reading over and run a handler itself.
    /// </summary>
    public bool KeepsReaderFree { get; init; }

    /// <summary>Learns of every call that was answered with a failure, for the log; it must not throw. Runs on the call's thread.</summary>
    public Action<TtrpcContext, Exception>? CallFailed { get; init; }
}
