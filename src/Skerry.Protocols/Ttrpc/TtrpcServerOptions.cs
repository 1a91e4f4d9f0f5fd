namespace Skerry.Protocols.Ttrpc;

/// <summary>Limits and observers of a <see cref="TtrpcServer"/>.</summary>
public sealed record TtrpcServerOptions
{
    /// <summary>The most calls that run at once on one connection; a further one is answered with ResourceExhausted.</summary>
    public int MaxConcurrentCalls { get; init; } = 1024;

    /// <summary>How long <see cref="TtrpcServer.DisposeAsync"/> waits for cancelled handlers and for their answers to be sent.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Learns of every call that was answered with a failure, for the log; it must not throw. Runs on the call's thread.</summary>
    public Action<TtrpcContext, Exception>? CallFailed { get; init; }
}
