namespace Skerry.Hypervisor;

/// <summary>How the guest sees its root disk image.</summary>
public enum RootDiskDriver
{
    /// <summary>A virtio-blk disk on the machine's own bus.</summary>
    VirtioBlk = 0,

    /// <summary>Persistent memory in ACPI's NFIT: the guest reads the host's page cache, nothing is copied (DAX). Only q35.</summary>
    Nvdimm,

    /// <summary>The same by virtio-pmem, which needs no ACPI. Only q35.</summary>
    VirtioPmem,
}
