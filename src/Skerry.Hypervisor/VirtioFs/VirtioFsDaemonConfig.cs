namespace Skerry.Hypervisor.VirtioFs;

/// <summary>One virtio-fs daemon as somebody asked for it.</summary>
public sealed record VirtioFsDaemonConfig
{
    /// <summary>The virtiofsd program, an absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>The directory whose tree the guest sees.</summary>
    public required string SharedDirectory { get; init; }

    /// <summary>The unix socket on which the VMM finds the daemon; made by us, at most 107 bytes.</summary>
    public required string SocketPath { get; init; }

    /// <summary>What the guest may cache, in Kata's words: "never", "metadata", "auto" or "always".</summary>
    public string Cache { get; init; } = "auto";

    /// <summary>More arguments, as in Kata's virtio_fs_extra_args; those of the Rust daemon are translated for the C one.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];
}
