namespace Skerry.GuestAssets;

/// <summary>How a kernel file is packed.</summary>
public enum KernelFormat
{
    /// <summary>Something that is no kernel we know.</summary>
    Unknown = 0,

    /// <summary>An uncompressed ELF file.</summary>
    Vmlinux,

    /// <summary>x86's compressed image with its boot header.</summary>
    BzImage,

    /// <summary>arm64's Image.</summary>
    Arm64Image,
}
