using Skerry.Config.Toml;

namespace Skerry.Config.Keys;

/// <content>The keys of <c>[agent.kata]</c> and <c>[agent.kata.mem_agent]</c>.</content>
public static partial class ConfigKeys
{
    private static readonly KeyRange LogLevels = KeyRange.OneOf("trace", "debug", "info", "warn", "error", "critical");

    private static IEnumerable<ConfigKey> AgentKeys() =>
    [
        Agent("enable_debug", KeyType.Boolean, KeyRange.Any, "Sets the agent's log level to debug.", a => a.EnableDebug.ToToml(), (a, v) => a with { EnableDebug = v.Flag() }),
        Agent("log_level", KeyType.Text, LogLevels, "The agent's log level.", a => a.LogLevel.ToToml(), (a, v) => a with { LogLevel = v.Text() }),
        Agent(
            "kernel_modules", KeyType.TextList, KeyRange.Any, "Guest kernel modules to load first, each a name and its parameters.",
            a => a.KernelModules.ToToml(), (a, v) => a with { KernelModules = v.Texts() }) with { Annotation = "kernel_modules" },
        Agent(
            "debug_console_enabled", KeyType.Boolean, KeyRange.Any, "Offers a shell in the guest on vsock port 1026.",
            a => a.DebugConsoleEnabled.ToToml(), (a, v) => a with { DebugConsoleEnabled = v.Flag() }),
        Agent(
            "dial_timeout", KeyType.Integer, KeyRange.Between(0, 3600), "How long the agent may take to answer after the VMM started, in seconds; 0 means 30.",
            a => a.DialTimeout.ToTomlSeconds(), (a, v) => a with { DialTimeout = TimeSpan.FromSeconds(v.Count() == 0 ? 30 : v.Count()) }),
        Agent(
            "reconnect_timeout_ms", KeyType.Integer, KeyRange.Between(0, 3_600_000),
            "The same as `dial_timeout` in runtime-rs's dialect, in milliseconds; less than 10000 means 10000.",
            _ => null, (a, v) => a with { DialTimeout = TimeSpan.FromMilliseconds(Math.Max(10_000, v.Count())) }) with { DefaultInWords = "unset" },
        Agent(
            "container_pipe_size", KeyType.Integer, KeyRange.Between(0, 1024 * 1024), "The size of the pipes of a container process, in bytes; 0 keeps the kernel's.",
            a => a.ContainerPipeSizeBytes.ToToml(), (a, v) => a with { ContainerPipeSizeBytes = v.Count() }) with { Annotation = "container_pipe_size" },
        Later("agent", KeyType.Integer, "dial_timeout_ms", "The interval between two attempts to connect, in runtime-rs's dialect.", Reasons.NoRedial),
        Later("agent", KeyType.Boolean, "enable_tracing", "Adds OpenTelemetry spans in the agent.", Reasons.Tracing, "enable_tracing"),
        Later("agent", KeyType.Integer, "cdh_api_timeout", "Time limit of calls to the confidential data hub, in seconds.", Reasons.Confidential, "cdh_api_timeout", "agent.cdh_api_timeout_ms"),
        Later("agent", KeyType.Integer, "launch_process_timeout", "Time limit for starting the confidential guest's processes, in seconds.", Reasons.Confidential),
        Later("agent", KeyType.Boolean, "visible_cdi_devices", "Honours VISIBLE_CDI_DEVICES in a container's environment.", Reasons.Devices),
        Later("agent", KeyType.Integer, "health_check_request_timeout_ms", "Time limit of a health check, in milliseconds.", Reasons.OwnLimits),
        Later("agent", KeyType.Integer, "server_port", "The agent's port.", Reasons.FixedPorts),
        Later("agent", KeyType.Integer, "log_port", "The port of the agent's log.", Reasons.FixedPorts),
        Later("agent", KeyType.Integer, "passfd_listener_port", "The port of the process streams.", Reasons.FixedPorts),
        Refused("agent", KeyType.Text, "policy", "The agent's policy.", Reasons.Policy, "policy"),
        .. MemoryAgentKeys(),
    ];

    private static IEnumerable<ConfigKey> MemoryAgentKeys()
    {
        yield return Later("agent.mem_agent", KeyType.Boolean, "mem_agent_enable", "Switches the guest's memory agent on.", Reasons.MemoryAgent, null, "agent.mem_agent.enable");
        foreach (string name in (string[])["memcg_disable", "memcg_swap", "compact_disable"])
        {
            yield return Later("agent.mem_agent", KeyType.Boolean, name, "A switch of the guest's memory agent.", Reasons.MemoryAgent);
        }

        string[] numbers =
        [
            "memcg_swappiness_max", "memcg_period_secs", "memcg_period_psi_percent_limit", "memcg_eviction_psi_percent_limit",
            "memcg_eviction_run_aging_count_min", "compact_period_secs", "compact_period_psi_percent_limit", "compact_psi_percent_limit",
            "compact_sec_max", "compact_order", "compact_threshold", "compact_force_times",
        ];
        foreach (string name in numbers)
        {
            yield return Later("agent.mem_agent", KeyType.Integer, name, "A limit of the guest's memory agent.", Reasons.MemoryAgent);
        }
    }

    private static ConfigKey Agent(
        string name,
        KeyType type,
        KeyRange range,
        string meaning,
        Func<AgentConfig, TomlValue?> read,
        Func<AgentConfig, TomlValue, AgentConfig> write)
    {
        return new ConfigKey
        {
            Table = "agent",
            Name = name,
            Type = type,
            Range = range,
            Meaning = meaning,
            Status = KeyStatus.Obeyed,
            Read = config => read(config.Agent),
            Write = (config, value) => config with { Agent = write(config.Agent, value) },
        };
    }
}
