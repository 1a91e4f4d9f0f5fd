namespace Skerry.Hypervisor.VirtioFs;

/// <summary>Whose options a virtiofsd understands.</summary>
internal enum VirtioFsDialect
{
    /// <summary>QEMU's own daemon in C, up to QEMU 7.x: options after -o.</summary>
    C = 0,

    /// <summary>The Rust daemon that took its place: long options.</summary>
    Rust,
}
