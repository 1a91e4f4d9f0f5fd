using Skerry.Linux;

namespace Skerry.Hypervisor;

/// <summary>A disk of a machine: a virtio-blk device behind which is an open block device, or a disk image, of the host.</summary>
public sealed record BlockDevice
{
    /// <summary>Its name in the VMM, as in "disk0"; unique in the machine.</summary>
    public required string Id { get; init; }

    /// <summary>The open device, for reading only when <see cref="ReadOnly"/> is set. The VMM gets a duplicate: it looks up no path.</summary>
    public required FileDescriptor Descriptor { get; init; }

    /// <summary>A regular file instead of a block device.</summary>
    public bool IsFile { get; init; }

    /// <summary>The guest cannot write to it.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Bytes of a logical sector, 512 to 32768; 0 leaves it to the VMM.</summary>
    public uint LogicalSectorBytes { get; init; }

    /// <summary>Bytes of a physical sector, at least a logical one's; 0 leaves it to the VMM.</summary>
    public uint PhysicalSectorBytes { get; init; }

    /// <summary>QEMU's way to wait for the host's disk: "threads", "native" (needs <see cref="CacheDirect"/>) or "io_uring".</summary>
    public string Aio { get; init; } = "threads";

    /// <summary>Goes past the host's page cache (O_DIRECT).</summary>
    public bool CacheDirect { get; init; }

    /// <summary>Ignores the guest's flushes: quicker, and lost data when the host fails.</summary>
    public bool CacheNoFlush { get; init; }

    /// <summary>Queues; 0 leaves it to the VMM.</summary>
    public uint Queues { get; init; }

    /// <summary>Entries of a queue; 0 leaves it to the VMM.</summary>
    public uint QueueSize { get; init; }
}
