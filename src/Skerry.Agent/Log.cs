using Microsoft.Extensions.Logging;

namespace Skerry.Agent;

/// <summary>The agent's log messages; event ids 600 to 699.</summary>
internal static partial class Log
{
    [LoggerMessage(600, LogLevel.Information, "skerry-agent {Version} ready after {Milliseconds} ms, serving on {Address}")]
    public static partial void Ready(ILogger logger, string version, long milliseconds, string address);

    [LoggerMessage(601, LogLevel.Debug, "boot step {Step} took {Microseconds} us")]
    public static partial void BootStepDone(ILogger logger, string step, long microseconds);

    [LoggerMessage(602, LogLevel.Error, "boot step {Step} failed")]
    public static partial void BootStepFailed(ILogger logger, string step, Exception error);

    [LoggerMessage(603, LogLevel.Error, "{Task} failed")]
    public static partial void TaskFailed(ILogger logger, string task, Exception error);

    [LoggerMessage(604, LogLevel.Warning, "dropped a stream from host port {Port} that no process claimed")]
    public static partial void StreamDropped(ILogger logger, uint port);

    [LoggerMessage(605, LogLevel.Information, "{Event}")]
    public static partial void Happened(ILogger logger, string @event);

    [LoggerMessage(606, LogLevel.Information, "container {Container} created, init is process {Pid}")]
    public static partial void ContainerCreated(ILogger logger, string container, int pid);

    [LoggerMessage(607, LogLevel.Information, "process {Exec} of container {Container} exited with {Status}")]
    public static partial void ProcessExited(ILogger logger, string container, string exec, int status);

    [LoggerMessage(608, LogLevel.Warning, "container {Container} ran out of memory")]
    public static partial void OutOfMemory(ILogger logger, string container);

    [LoggerMessage(609, LogLevel.Warning, "cannot {Step} of container {Container}")]
    public static partial void CleanupFailed(ILogger logger, string step, string container, Exception error);

    [LoggerMessage(610, LogLevel.Warning, "ignored in the request for {Container}: {What}")]
    public static partial void Ignored(ILogger logger, string container, string what);

    [LoggerMessage(611, LogLevel.Information, "host connected on port {Port}")]
    public static partial void Connected(ILogger logger, uint port);

    [LoggerMessage(612, LogLevel.Debug, "loaded kernel module {Module}")]
    public static partial void ModuleLoaded(ILogger logger, string module);

    [LoggerMessage(613, LogLevel.Information, "the host asked for the end of the sandbox")]
    public static partial void Destroying(ILogger logger);

    [LoggerMessage(615, LogLevel.Information, "{Call} failed: {Reason}")]
    public static partial void CallFailed(ILogger logger, string call, string reason);

    [LoggerMessage(616, LogLevel.Information, "lost a connection: {Reason}")]
    public static partial void ConnectionLost(ILogger logger, string reason);

    [LoggerMessage(614, LogLevel.Warning, "the guest channel was reset; listening again")]
    public static partial void ChannelReset(ILogger logger);
}
