using System.Buffers.Binary;

namespace Skerry.GuestAssets;

/// <summary>The boot header of an x86 bzImage and where its packed kernel lies.</summary>
/// <remarks>Documentation/x86/boot.rst: "HdrS" at 0x202, boot protocol 2.08 or later has payload_offset and payload_length.</remarks>
internal readonly ref struct BzImage
{
    private const int SectorSize = 512;
    private const int HeaderEnd = 0x250;
    private const ushort PayloadProtocol = 0x0208;

    private BzImage(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> versionText)
    {
        Payload = payload;
        VersionText = versionText;
    }

    /// <summary>The compressed vmlinux, followed by its uncompressed size as 4 bytes.</summary>
    internal ReadOnlySpan<byte> Payload { get; }

    /// <summary>"release (builder) #build date", not terminated; empty when the header has none.</summary>
    internal ReadOnlySpan<byte> VersionText { get; }

    /// <summary>False when <paramref name="file"/> is no bzImage.</summary>
    /// <exception cref="InvalidDataException">It is one, but too old or cut off.</exception>
    internal static bool TryParse(ReadOnlySpan<byte> file, out BzImage image)
    {
        image = default;
        if (file.Length < HeaderEnd || !file.Slice(0x202, 4).SequenceEqual("HdrS"u8))
        {
            return false;
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(file[0x206..]) < PayloadProtocol)
        {
            throw new InvalidDataException("the bzImage's boot protocol is older than 2.08");
        }

        int setupSectors = file[0x1f1] == 0 ? 4 : file[0x1f1];
        long start = ((setupSectors + 1) * SectorSize) + (long)BinaryPrimitives.ReadUInt32LittleEndian(file[0x248..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(file[0x24c..]);
        if (length < 8 || start + length > file.Length)
        {
            throw new InvalidDataException("the bzImage is cut off");
        }

        image = new BzImage(file.Slice((int)start, (int)length), Version(file));
        return true;
    }

    private static ReadOnlySpan<byte> Version(ReadOnlySpan<byte> file)
    {
        int pointer = BinaryPrimitives.ReadUInt16LittleEndian(file[0x20e..]);
        if (pointer == 0 || pointer + SectorSize >= file.Length)
        {
            return default;
        }

        ReadOnlySpan<byte> text = file[(pointer + SectorSize)..];
        int end = text.IndexOf((byte)0);
        return end is < 0 or > 256 ? default : text[..end];
    }
}
