using System.Buffers.Binary;
using System.Text;

namespace Skerry.GuestAssets.Tests;

/// <summary>Small files with the shape of kernels, modules and programs.</summary>
internal static class TestFiles
{
    internal static byte[] Module(params string[] modinfo) => Elf(".modinfo", Encoding.ASCII.GetBytes(string.Concat(modinfo.Select(line => line + "\0"))));

    internal static byte[] Program() => Elf(".text", [0xc3]);

    /// <summary>An ELF file with one named section, and a PVH note segment if asked for; <paramref name="content"/> is the section's.</summary>
    internal static byte[] Elf(string section, byte[] content, bool pvh = false)
    {
        byte[] names = Encoding.ASCII.GetBytes("\0" + section + "\0.shstrtab\0");
        byte[] note = [4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0, (byte)'X', (byte)'e', (byte)'n', 0, 0, 0, 0, 1];
        const int contentAt = 64 + 56;
        int notesAt = contentAt + content.Length;
        int namesAt = notesAt + note.Length;
        int tableAt = namesAt + names.Length;
        var file = new byte[tableAt + (3 * 64)];
        byte[] start = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        start.CopyTo(file, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 62);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(40), (ulong)tableAt);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(60), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(62), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(64), pvh ? 4u : 1u);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 8), (ulong)notesAt);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 32), (ulong)note.Length);
        content.CopyTo(file, contentAt);
        note.CopyTo(file, notesAt);
        names.CopyTo(file, namesAt);
        Section(file.AsSpan(tableAt + 64), 1, contentAt, content.Length);
        Section(file.AsSpan(tableAt + 128), (uint)section.Length + 2, namesAt, names.Length);
        return file;
    }

    internal static byte[] Vmlinux(bool pvh = true) => Elf(".rodata", "Linux version %s\nLinux version 6.1.0-1-cloud-amd64 (builder) #1\n"u8.ToArray(), pvh);

    /// <summary>A bzImage of one setup sector whose payload is <paramref name="packed"/> and its unpacked size.</summary>
    internal static byte[] BzImage(byte[] packed, int unpackedSize)
    {
        const int payloadOffset = 0x100;
        const int kernelAt = 512 * 2;
        var file = new byte[kernelAt + payloadOffset + packed.Length + 4];
        file[0x1f1] = 1;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x206), 0x020f);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x20e), 0x280);
        "6.1.0-1-cloud-amd64 (builder) #1\0"u8.CopyTo(file.AsSpan(0x280 + 512));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x248), payloadOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x24c), (uint)packed.Length + 4);
        packed.CopyTo(file, kernelAt + payloadOffset);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(kernelAt + payloadOffset + packed.Length), unpackedSize);
        return file;
    }

    /// <summary>An LZ4 legacy frame that stores <paramref name="data"/> as literals, in blocks of <paramref name="blockSize"/>.</summary>
    internal static byte[] Lz4Stored(byte[] data, int blockSize = 1000)
    {
        using var frame = new MemoryStream();
        frame.Write([0x02, 0x21, 0x4c, 0x18]);
        foreach (byte[] chunk in data.Chunk(blockSize))
        {
            using var block = new MemoryStream();
            block.WriteByte((byte)(Math.Min(chunk.Length, 15) << 4));
            for (int left = chunk.Length - 15; left >= 0; left -= 255)
            {
                block.WriteByte((byte)Math.Min(left, 255));
            }

            block.Write(chunk);
            var size = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(size, (int)block.Length);
            frame.Write(size);
            frame.Write(block.ToArray());
        }

        return frame.ToArray();
    }

    private static void Section(Span<byte> header, uint name, int offset, int size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, name);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)size);
    }
}
