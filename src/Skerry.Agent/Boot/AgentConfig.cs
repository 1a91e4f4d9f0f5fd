using Skerry.Agent.Console;

namespace Skerry.Agent.Boot;

/// <summary>What the host asked of this agent: kernel parameters <c>agent.*</c>, then the environment, then defaults.</summary>
internal sealed record AgentConfig
{
    /// <summary>Messages below this level are dropped.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>
    /// Messages below this level are kept from the console, unless somebody looks for a fault or the console is the only place.
    /// Those for us only never go there: they would slow the guest down.
    /// </summary>
    public LogLevel ConsoleLevel => LogLevel < LogLevel.Information || LogPort == 0 ? LogLevel.Information : LogLevel.Warning;

    /// <summary>The guest port that carries the log; 0 writes it to the console only.</summary>
    public uint LogPort { get; init; } = 1025;

    /// <summary>True when a shell is offered on <see cref="DebugConsolePort"/>.</summary>
    public bool DebugConsole { get; init; }

    /// <summary>The guest port of the debug console.</summary>
    public uint DebugConsolePort { get; init; } = 1026;

    /// <summary>The guest port of the agent's service.</summary>
    public uint ServicePort { get; init; } = 1024;

    /// <summary>The guest port on which the host connects one stream per stdin, stdout and stderr.</summary>
    public uint StreamPort { get; init; } = 1027;

    /// <summary>How long a device named by a request may take to appear.</summary>
    public TimeSpan HotplugTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream of the host waits for its process, and a process for its stream.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the host's side of volumes that containers watch is looked at.</summary>
    public TimeSpan WatchInterval { get; init; } = Storages.WatchableBindDriver.DefaultInterval;

    /// <summary>Bytes each pipe of a container holds; 0 keeps the kernel's default.</summary>
    public uint ContainerPipeSizeBytes { get; init; }

    /// <summary><c>unix://PATH</c> serves on that socket instead of the guest channel: tests without a VM.</summary>
    public string? ServerAddress { get; init; }

    /// <summary>True for PID 1 of a guest: the machine ends with the sandbox.</summary>
    public bool OwnsMachine { get; init; }

    /// <summary>The name of the virtio-serial port that carries the guest channel.</summary>
    public string ChannelName { get; init; } = "skerry.channel0";

    /// <summary>Reads the configuration out of the kernel's parameters; <paramref name="serverAddress"/> is KATA_AGENT_SERVER_ADDR or null.</summary>
    public static AgentConfig From(KernelParameters parameters, string? serverAddress)
    {
        var defaults = new AgentConfig();
        return new AgentConfig
        {
            LogLevel = parameters.Value("agent.log") is { } level ? ParseLevel(level) : defaults.LogLevel,
            LogPort = parameters.Number("agent.log_vport", defaults.LogPort),
            DebugConsole = parameters.Flag("agent.debug_console"),
            DebugConsolePort = parameters.Number("agent.debug_console_vport", defaults.DebugConsolePort),
            StreamPort = parameters.Number("agent.passfd_listener_port", defaults.StreamPort),
            HotplugTimeout = ParseSeconds(parameters.Value("agent.hotplug_timeout"), defaults.HotplugTimeout),
            ContainerPipeSizeBytes = parameters.Number("agent.container_pipe_size", 0),
            ServerAddress = serverAddress ?? parameters.Value("agent.server_addr"),
        };
    }

    private static LogLevel ParseLevel(string text) => text.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "critical" or "fatal" or "panic" => LogLevel.Critical,
        _ => LogLevel.Information,
    };

    private static TimeSpan ParseSeconds(string? text, TimeSpan fallback) =>
        uint.TryParse(text, out uint seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : fallback;
}
