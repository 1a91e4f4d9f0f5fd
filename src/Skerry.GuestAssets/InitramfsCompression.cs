namespace Skerry.GuestAssets;

/// <summary>How an initramfs is packed.</summary>
public enum InitramfsCompression
{
    /// <summary>Not at all: the guest only copies it.</summary>
    None = 0,

    /// <summary>gzip: a third of the size, unpacked by the guest.</summary>
    Gzip,
}
