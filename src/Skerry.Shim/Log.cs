using Microsoft.Extensions.Logging;

namespace Skerry.Shim;

/// <summary>What the shim says. Event ids 500 to 599; never reused.</summary>
internal static partial class Log
{
    [LoggerMessage(500, LogLevel.Debug, "shim {Version} serves sandbox {Sandbox} at {Socket}")]
    internal static partial void Serving(ILogger log, string version, string sandbox, string socket);

    [LoggerMessage(501, LogLevel.Debug, "{Method}: {Reason}")]
    internal static partial void CallFailed(ILogger log, string method, string reason);

    [LoggerMessage(502, LogLevel.Warning, "event {Topic} was not delivered after {Attempts} attempts: {Reason}")]
    internal static partial void EventLost(ILogger log, string topic, int attempts, string reason);

    [LoggerMessage(503, LogLevel.Warning, "the event queue is full: {Topic} is dropped")]
    internal static partial void EventDropped(ILogger log, string topic);

    [LoggerMessage(504, LogLevel.Debug, "event {Topic}: {Reason}; trying again")]
    internal static partial void EventRetried(ILogger log, string topic, string reason);

    [LoggerMessage(505, LogLevel.Information, "got signal {Signal}: stopping")]
    internal static partial void Signalled(ILogger log, string signal);

    [LoggerMessage(506, LogLevel.Debug, "a connection ended: {Reason}")]
    internal static partial void ConnectionEnded(ILogger log, string reason);

    [LoggerMessage(507, LogLevel.Debug, "event {Topic}: no manager listens")]
    internal static partial void EventUnheard(ILogger log, string topic);

    [LoggerMessage(509, LogLevel.Warning, "{Warning}")]
    internal static partial void ConfigurationWarning(ILogger log, string warning);

    [LoggerMessage(508, LogLevel.Error, "the shim cannot go on: {Reason}")]
    internal static partial void Fatal(ILogger log, string reason);
}
