using System.Buffers.Binary;

namespace Skerry.Hypervisor.Qemu;

/// <summary>
/// The least memory with which a guest boots: where the kernel ends once it is loaded, the initramfs twice (as it was loaded
/// and unpacked), and what kernel and agent need to get going.
/// </summary>
internal static class MinimumMemory
{
    /// <summary>Found by halving with Debian's 6.1 cloud kernel on both machine types; see docs/reference/guest-image.md.</summary>
    private const uint WorkingMiB = 12;

    /// <summary>bzImages are unpacked at 16 MiB (their pref_address) and say how much they need from there.</summary>
    private const ulong BzImageLoadAddress = 16 << 20;
    private const int HeaderBytes = 4096;

    /// <summary>In MiB; a kernel that cannot be read counts as nothing, since the VMM will say so better.</summary>
    internal static uint EstimateMiB(string kernelPath, string? initrdPath)
    {
        ulong initrd = initrdPath is not null && new FileInfo(initrdPath) is { Exists: true } file ? (ulong)file.Length : 0;
        ulong bytes = KernelEnd(ReadHeader(kernelPath)) + (2 * initrd);
        return (uint)((bytes + (1 << 20) - 1) >> 20) + WorkingMiB;
    }

    /// <summary>The first address after the loaded kernel; 0 when the file does not say.</summary>
    internal static ulong KernelEnd(ReadOnlySpan<byte> header)
    {
        if (header.Length >= 64 && header is [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, ..])
        {
            return ElfEnd(header);
        }

        bool bzImage = header.Length >= 0x264 && header.Slice(0x202, 4).SequenceEqual("HdrS"u8);
        return bzImage ? BzImageLoadAddress + BinaryPrimitives.ReadUInt32LittleEndian(header[0x260..]) : 0;
    }

    private static ulong ElfEnd(ReadOnlySpan<byte> header)
    {
        const int entrySize = 56;
        const uint load = 1;
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        ulong end = 0;
        for (int i = 0; i < count && table < HeaderBytes && (int)table + ((i + 1) * entrySize) <= header.Length; i++)
        {
            ReadOnlySpan<byte> entry = header.Slice((int)table + (i * entrySize), entrySize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == load)
            {
                ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]);
                ulong size = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
                end = Math.Max(end, address + size);
            }
        }

        return end < (1UL << 32) ? end : 0;
    }

    private static byte[] ReadHeader(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            var header = new byte[HeaderBytes];
            return header[..file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
