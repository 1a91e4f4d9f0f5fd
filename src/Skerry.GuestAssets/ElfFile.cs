using System.Buffers.Binary;

namespace Skerry.GuestAssets;

/// <summary>Reads the few things we need of an ELF64 little-endian file: machine, sections, program headers.</summary>
/// <remarks>Every offset is checked against the file: kernels and modules may be given by the user.</remarks>
internal readonly ref struct ElfFile
{
    internal const ushort EM_X86_64 = 62;
    internal const ushort EM_AARCH64 = 183;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const uint PT_NOTE = 4;
    private readonly ReadOnlySpan<byte> _file;

    private ElfFile(ReadOnlySpan<byte> file) => _file = file;

    internal ushort Machine => BinaryPrimitives.ReadUInt16LittleEndian(_file[18..]);

    internal static bool IsElf(ReadOnlySpan<byte> start) => start is [0x7f, (byte)'E', (byte)'L', (byte)'F', ..];

    /// <exception cref="InvalidDataException">Not a 64-bit little-endian ELF file.</exception>
    internal static ElfFile Parse(ReadOnlySpan<byte> file)
    {
        bool valid = file.Length >= 64 && IsElf(file) && file[4] == 2 && file[5] == 1;
        return valid ? new ElfFile(file) : throw new InvalidDataException("not a 64-bit little-endian ELF file");
    }

    /// <summary>The bytes of the section called <paramref name="name"/>; empty when there is none.</summary>
    internal ReadOnlySpan<byte> Section(ReadOnlySpan<byte> name)
    {
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(_file[40..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(_file[60..]);
        int namesIndex = BinaryPrimitives.ReadUInt16LittleEndian(_file[62..]);
        ReadOnlySpan<byte> headers = Range(table, (ulong)count * SectionHeaderSize);
        if (namesIndex >= count)
        {
            return default;
        }

        ReadOnlySpan<byte> names = SectionContent(headers.Slice(namesIndex * SectionHeaderSize, SectionHeaderSize));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = headers.Slice(i * SectionHeaderSize, SectionHeaderSize);
            uint nameOffset = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (nameOffset < names.Length && IsString(names[(int)nameOffset..], name))
            {
                return SectionContent(header);
            }
        }

        return default;
    }

    /// <summary>True when a note segment holds a note of <paramref name="owner"/> with number <paramref name="type"/>.</summary>
    internal bool HasNote(ReadOnlySpan<byte> owner, uint type)
    {
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(_file[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(_file[56..]);
        ReadOnlySpan<byte> headers = Range(table, (ulong)count * ProgramHeaderSize);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = headers.Slice(i * ProgramHeaderSize, ProgramHeaderSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != PT_NOTE)
            {
                continue;
            }

            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
            if (NotesContain(Range(offset, size), owner, type))
            {
                return true;
            }
        }

        return false;
    }

    private static bool NotesContain(ReadOnlySpan<byte> notes, ReadOnlySpan<byte> owner, uint type)
    {
        while (notes.Length >= 12)
        {
            uint nameSize = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            uint descriptionSize = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            uint noteType = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            ulong size = 12 + Align4(nameSize) + Align4(descriptionSize);
            if (size > (ulong)notes.Length)
            {
                return false;
            }

            if (noteType == type && IsString(notes.Slice(12, (int)nameSize), owner))
            {
                return true;
            }

            notes = notes[(int)size..];
        }

        return false;
    }

    private static ulong Align4(uint size) => ((ulong)size + 3) & ~3UL;

    private static bool IsString(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> text) =>
        bytes.Length > text.Length && bytes.StartsWith(text) && bytes[text.Length] == 0;

    private ReadOnlySpan<byte> SectionContent(ReadOnlySpan<byte> header) =>
        Range(BinaryPrimitives.ReadUInt64LittleEndian(header[24..]), BinaryPrimitives.ReadUInt64LittleEndian(header[32..]));

    private ReadOnlySpan<byte> Range(ulong offset, ulong size)
    {
        if (offset > (ulong)_file.Length || size > (ulong)_file.Length - offset)
        {
            throw new InvalidDataException("ELF file is cut off");
        }

        return _file.Slice((int)offset, (int)size);
    }
}
