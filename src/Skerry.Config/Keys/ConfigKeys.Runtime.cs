using Skerry.Config.Toml;

namespace Skerry.Config.Keys;

/// <content>The keys of <c>[runtime]</c> and <c>[factory]</c>.</content>
public static partial class ConfigKeys
{
    private static IEnumerable<ConfigKey> RuntimeKeys() =>
    [
        Runtime("enable_debug", KeyType.Boolean, KeyRange.Any, "Sets the shim's log level to debug.", r => r.EnableDebug.ToToml(), (r, v) => r with { EnableDebug = v.Flag() }),
        Runtime("log_level", KeyType.Text, LogLevels, "The shim's log level.", r => r.LogLevel.ToToml(), (r, v) => r with { LogLevel = v.Text() }),
        Runtime(
            "internetworking_model", KeyType.Text, KeyRange.OneOf("none", "tcfilter", "macvtap", "l3forwarding"), "How the pod's interfaces reach the guest: by a tap and traffic control, by a macvtap, or not at all.",
            r => r.InternetworkingModel.ToToml(), (r, v) => r with { InternetworkingModel = v.Text() }, "internetworking_model")
            with { HasNoEffectFor = value => value.Text() == "l3forwarding", Reason = Reasons.Routing },
        Runtime(
            "disable_new_netns", KeyType.Boolean, KeyRange.Any,
            "Leaves the VMM in the host's network namespace and the guest without a network; needs `internetworking_model = \"none\"`.",
            r => r.DisableNewNetns.ToToml(), (r, v) => r with { DisableNewNetns = v.Flag() }, "disable_new_netns"),
        Runtime(
            "disable_guest_seccomp", KeyType.Boolean, KeyRange.Any, "Leaves out the seccomp profile of the OCI spec in the guest. (Kata's default is true.)",
            r => r.DisableGuestSeccomp.ToToml(), (r, v) => r with { DisableGuestSeccomp = v.Flag() }, "disable_guest_seccomp"),
        Runtime(
            "sandbox_cgroup_only", KeyType.Boolean, KeyRange.Any,
            "Puts every host process of the sandbox into the pod's cgroup; otherwise only what runs the guest's processors, and the rest into `/skerry_overhead/ID`.",
            r => r.SandboxCgroupOnly.ToToml(), (r, v) => r with { SandboxCgroupOnly = v.Flag() }, "sandbox_cgroup_only"),
        Runtime(
            "static_sandbox_resource_mgmt", KeyType.Boolean, KeyRange.Any,
            "Sizes the guest once at boot instead of plugging processors and memory as containers come and change, which needs `machine_type` `q35` or empty.",
            r => r.StaticSandboxResourceMgmt.ToToml(), (r, v) => r with { StaticSandboxResourceMgmt = v.Flag() }),
        Runtime(
            "enable_vcpus_pinning", KeyType.Boolean, KeyRange.Any, "Ties each virtual processor to one of the host's while the containers' cpusets hold exactly as many.",
            r => r.EnableVcpusPinning.ToToml(), (r, v) => r with { EnableVcpusPinning = v.Flag() }, "enable_vcpus_pinning"),
        Runtime(
            "create_container_timeout", KeyType.Integer, KeyRange.Between(1, 86_400), "How long the agent may take to create a container, in seconds.",
            _ => null, (r, _) => r, "create_container_timeout") with
        {
            Aliases = ["agent.create_container_timeout"],
            Read = config => config.Agent.CreateContainerTimeout.ToTomlSeconds(),
            Write = (config, value) => config with { Agent = config.Agent with { CreateContainerTimeout = TimeSpan.FromSeconds(value.Count()) } },
        },
        Chosen("name", "virt_container", "The kind of runtime, in runtime-rs's dialect."),
        Chosen("agent_name", "kata", "The agent's table, in runtime-rs's dialect."),
        Chosen("hypervisor_name", "qemu", "The hypervisor's table, in runtime-rs's dialect."),
        .. LaterRuntimeKeys(),
    ];

    private static IEnumerable<ConfigKey> LaterRuntimeKeys() =>
    [
        Later("runtime", KeyType.TextList, "sandbox_bind_mounts", "Host directories shared with the whole sandbox.", Reasons.Storage),
        Later("runtime", KeyType.Text, "vfio_mode", "How a passed-through device looks in the container.", Reasons.Devices, "vfio_mode"),
        Later("runtime", KeyType.Boolean, "disable_guest_empty_dir", "Keeps emptyDir volumes on the host.", Reasons.Storage),
        Later("runtime", KeyType.Text, "emptydir_mode", "How disk emptyDir volumes reach the guest.", Reasons.Storage),
        Later("runtime", KeyType.Text, "guest_selinux_label", "The SELinux label of guest processes.", Reasons.SeLinux, null, "hypervisor.selinux_label"),
        Later("runtime", KeyType.Text, "dan_conf", "The directory of directly attachable networks.", Reasons.DirectNetwork),
        Later("runtime", KeyType.Text, "kubelet_root_dir", "The kubelet's directory, to recognize its volumes.", Reasons.Storage),
        Later("runtime", KeyType.Text, "pod_resource_api_sock", "The kubelet's PodResources socket.", Reasons.Devices),
        Later("runtime", KeyType.TextList, "experimental", "Names of experimental features.", Reasons.Experimental, "experimental"),
        Later("runtime", KeyType.Boolean, "experimental_force_guest_pull", "Pulls images in the guest.", Reasons.Experimental, "experimental_force_guest_pull"),
        Later("runtime", KeyType.Boolean, "enable_tracing", "Adds OpenTelemetry spans in the shim.", Reasons.Tracing),
        Later("runtime", KeyType.Text, "jaeger_endpoint", "Where spans are sent.", Reasons.Tracing),
        Later("runtime", KeyType.Text, "jaeger_user", "The collector's user.", Reasons.Tracing),
        Later("runtime", KeyType.Text, "jaeger_password", "The collector's password.", Reasons.Tracing),
        Later("runtime", KeyType.Boolean, "enable_pprof", "Go's profiler on the management socket.", Reasons.Profiler, "enable_pprof"),
        Later("runtime", KeyType.Boolean, "keep_abnormal", "Keeps a failed sandbox for inspection.", Reasons.KeepAbnormal),
        Later("runtime", KeyType.TableList, "shared_mounts", "Mounts shared between containers.", Reasons.Storage, "shared_mounts"),
        Later("runtime", KeyType.Boolean, "use_passfd_io", "Passes process streams as descriptors.", Reasons.OwnStreams),
        Later("runtime", KeyType.Integer, "passfd_listener_port", "The port of the process streams.", Reasons.FixedPorts),
    ];

    private static IEnumerable<ConfigKey> FactoryKeys() =>
    [
        Later("factory", KeyType.Boolean, "enable_template", "Starts sandboxes as clones of a template.", Reasons.Factory),
        Later("factory", KeyType.Text, "template_path", "The directory of the template.", Reasons.Factory),
        Later("factory", KeyType.Integer, "vm_cache_number", "Machines started in advance.", Reasons.Factory),
        Later("factory", KeyType.Text, "vm_cache_endpoint", "The socket of the cache of machines.", Reasons.Factory),
        Later("factory", KeyType.Boolean, "boot_to_be_template", "Internal to runtime-rs.", Reasons.Factory),
        Later("factory", KeyType.Boolean, "boot_from_template", "Internal to runtime-rs.", Reasons.Factory),
        Later("factory", KeyType.Text, "memory_path", "The template's memory file, in runtime-rs's dialect.", Reasons.Factory),
        Later("factory", KeyType.Text, "device_state_path", "The template's device state, in runtime-rs's dialect.", Reasons.Factory),
    ];

    /// <summary>A key that chooses among one: any other value is a fault, so it needs no place in the records.</summary>
    private static ConfigKey Chosen(string name, string only, string meaning) =>
        Runtime(name, KeyType.Text, KeyRange.OneOf(only), meaning, _ => new TomlString(only), (r, _) => r);

    private static ConfigKey Runtime(
        string name,
        KeyType type,
        KeyRange range,
        string meaning,
        Func<RuntimeConfig, TomlValue?> read,
        Func<RuntimeConfig, TomlValue, RuntimeConfig> write,
        string? annotation = null)
    {
        return new ConfigKey
        {
            Table = "runtime",
            Name = name,
            Type = type,
            Range = range,
            Meaning = meaning,
            Status = KeyStatus.Obeyed,
            Annotation = annotation,
            Read = config => read(config.Runtime),
            Write = (config, value) => config with { Runtime = write(config.Runtime, value) },
        };
    }
}
