using System.Globalization;
using Skerry.Agent.Console;

namespace Skerry.Agent;

/// <summary>The agent's log messages.</summary>
internal static class Log
{
    public static void Ready(AgentLogger logger, string version, long milliseconds, string address) => logger.Write(
        LogLevel.Information,
        $"skerry-agent {version} ready after {Text(milliseconds)} ms, serving on {address}",
        new LogField("Version", version),
        new LogField("Milliseconds", Text(milliseconds)),
        new LogField("Address", address));

    public static void BootStepDone(AgentLogger logger, string step, long microseconds)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            logger.Write(
                LogLevel.Debug,
                $"boot step {step} took {Text(microseconds)} us",
                new LogField("Step", step),
                new LogField("Microseconds", Text(microseconds)));
        }
    }

    public static void BootStepFailed(AgentLogger logger, string step, Exception error) =>
        logger.Write(LogLevel.Error, error, $"boot step {step} failed", new LogField("Step", step));

    public static void TaskFailed(AgentLogger logger, string task, Exception error) =>
        logger.Write(LogLevel.Error, error, $"{task} failed", new LogField("Task", task));

    public static void StreamDropped(AgentLogger logger, uint port) =>
        logger.Write(LogLevel.Warning, $"dropped a stream from host port {Text(port)} that no process claimed", new LogField("Port", Text(port)));

    public static void Happened(AgentLogger logger, string what) => logger.Write(LogLevel.Information, what);

    public static void ContainerCreated(AgentLogger logger, string container, int pid) => logger.Write(
        LogLevel.Information,
        $"container {container} created, init is process {Text(pid)}",
        new LogField("Container", container),
        new LogField("Pid", Text(pid)));

    public static void ProcessExited(AgentLogger logger, string container, string exec, int status) => logger.Write(
        LogLevel.Information,
        $"process {exec} of container {container} exited with {Text(status)}",
        new LogField("Container", container),
        new LogField("Exec", exec),
        new LogField("Status", Text(status)));

    public static void OutOfMemory(AgentLogger logger, string container) =>
        logger.Write(LogLevel.Warning, $"container {container} ran out of memory", new LogField("Container", container));

    public static void CleanupFailed(AgentLogger logger, string step, string container, Exception error) => logger.Write(
        LogLevel.Warning, error, $"cannot {step} of container {container}", new LogField("Step", step), new LogField("Container", container));

    public static void Ignored(AgentLogger logger, string container, string what) => logger.Write(
        LogLevel.Warning, $"ignored in the request for {container}: {what}", new LogField("Container", container), new LogField("What", what));

    public static void Connected(AgentLogger logger, uint port) =>
        logger.Write(LogLevel.Information, $"host connected on port {Text(port)}", new LogField("Port", Text(port)));

    public static void ModuleLoaded(AgentLogger logger, string module)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            logger.Write(LogLevel.Debug, $"loaded kernel module {module}", new LogField("Module", module));
        }
    }

    public static void Destroying(AgentLogger logger) => logger.Write(LogLevel.Information, "the host asked for the end of the sandbox");

    public static void ChannelReset(AgentLogger logger) => logger.Write(LogLevel.Warning, "the guest channel was reset; listening again");

    public static void CallFailed(AgentLogger logger, string call, string reason) =>
        logger.Write(LogLevel.Information, $"{call} failed: {reason}", new LogField("Call", call), new LogField("Reason", reason));

    public static void ConnectionLost(AgentLogger logger, string reason) =>
        logger.Write(LogLevel.Information, $"lost a connection: {reason}", new LogField("Reason", reason));

    public static void VolumeNotFollowed(AgentLogger logger, string source, string reason) => logger.Write(
        LogLevel.Warning, $"cannot follow the changes of volume {source}: {reason}", new LogField("Source", source), new LogField("Reason", reason));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
