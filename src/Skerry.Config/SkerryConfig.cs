namespace Skerry.Config;

/// <summary>What a sandbox was asked to be: the merged result of built-in defaults, files, annotations and flags. Immutable.</summary>
/// <remarks>
/// Property names are the PascalCase of Kata's keys; durations are <see cref="TimeSpan"/>, other numbers carry their unit.
/// docs/reference/config.md lists every key with its default, range and status.
/// </remarks>
public sealed record SkerryConfig
{
    /// <summary>The table <c>[hypervisor.qemu]</c>: the VMM, the guest's assets, its processors, memory and share.</summary>
    public HypervisorConfig Hypervisor { get; init; } = new();

    /// <summary>The table <c>[agent.kata]</c>: how the guest's agent runs and how long we wait for it.</summary>
    public AgentConfig Agent { get; init; } = new();

    /// <summary>The table <c>[runtime]</c>: what the shim does on the host.</summary>
    public RuntimeConfig Runtime { get; init; } = new();

    /// <summary>The built-in defaults of an installation under <paramref name="prefix"/>: what an empty file means.</summary>
    public static SkerryConfig CreateDefault(InstallPrefix prefix) => new()
    {
        Hypervisor = new HypervisorConfig
        {
            Kernel = prefix.FirstExistingOrFirst("share/skerry/vmlinux", "share/skerry/vmlinuz"),
            Initrd = prefix.Resolve("share/skerry/initrd.img"),
            VirtioFsDaemon = prefix.FirstExistingOrFirst("libexec/skerry-fsd", "/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"),
        },
    };
}
