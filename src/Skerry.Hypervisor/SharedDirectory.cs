namespace Skerry.Hypervisor;

/// <summary>A directory the guest may mount by tag; a vhost-user-fs daemon listening on a socket serves it.</summary>
public sealed record SharedDirectory
{
    /// <summary>The name the guest mounts, at most 36 bytes, as in "kataShared".</summary>
    public required string Tag { get; init; }

    /// <summary>The unix socket on which the daemon listens; the VMM connects once, at its start.</summary>
    public required string SocketPath { get; init; }

    /// <summary>Descriptors per virtqueue, a power of two up to 1024.</summary>
    public int QueueSize { get; init; } = 1024;
}
