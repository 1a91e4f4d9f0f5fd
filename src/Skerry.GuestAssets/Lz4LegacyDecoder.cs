using System.Buffers.Binary;

namespace Skerry.GuestAssets;

/// <summary>Decodes LZ4's legacy frames, as the kernel's build makes them with "lz4 -l".</summary>
/// <remarks>
/// A frame is the magic 0x184C2102, then blocks of up to 8 MiB each: compressed size as 4 bytes, then that many bytes. What
/// follows the last block (the kernel's build appends the uncompressed size) cannot be told from a block by itself, so the
/// caller says how long the result is. A block is a row of sequences: token (4 bits of literal length, 4 bits of match
/// length), literals, 2 bytes of distance back; a length of 15 goes on in further bytes.
/// </remarks>
internal static class Lz4LegacyDecoder
{
    internal const uint Magic = 0x184C2102;
    private const int MinimumMatch = 4;

    /// <summary>Fills <paramref name="output"/> exactly.</summary>
    /// <exception cref="InvalidDataException">The frame is damaged, or shorter or longer than <paramref name="output"/>.</exception>
    internal static void Decode(ReadOnlySpan<byte> frame, Span<byte> output)
    {
        if (frame.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic)
        {
            throw new InvalidDataException("no LZ4 legacy frame");
        }

        frame = frame[4..];
        int written = 0;
        while (written < output.Length)
        {
            if (frame.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(frame) is var size && size > frame.Length - 4)
            {
                throw new InvalidDataException("LZ4 data ends in the middle of a block");
            }

            written = DecodeBlock(frame.Slice(4, (int)size), output, written);
            frame = frame[(4 + (int)size)..];
        }
    }

    private static int DecodeBlock(ReadOnlySpan<byte> block, Span<byte> output, int written)
    {
        int blockStart = written;
        int read = 0;
        while (read < block.Length)
        {
            byte token = block[read++];
            int literals = ReadLength(block, ref read, token >> 4);
            if (literals > block.Length - read || literals > output.Length - written)
            {
                throw new InvalidDataException("LZ4 literals run past the end");
            }

            block.Slice(read, literals).CopyTo(output[written..]);
            read += literals;
            written += literals;
            if (read == block.Length)
            {
                break;
            }

            written = CopyMatch(block, ref read, token & 15, output, blockStart, written);
        }

        return written;
    }

    private static int CopyMatch(ReadOnlySpan<byte> block, ref int read, int shortLength, Span<byte> output, int blockStart, int written)
    {
        if (block.Length - read < 2)
        {
            throw new InvalidDataException("LZ4 distance is cut off");
        }

        int distance = BinaryPrimitives.ReadUInt16LittleEndian(block[read..]);
        read += 2;
        int length = ReadLength(block, ref read, shortLength) + MinimumMatch;
        if (distance == 0 || distance > written - blockStart || length > output.Length - written)
        {
            throw new InvalidDataException("LZ4 match points outside the data");
        }

        if (distance >= length)
        {
            output.Slice(written - distance, length).CopyTo(output[written..]);
            return written + length;
        }

        for (int end = written + length; written < end; written++)
        {
            output[written] = output[written - distance];
        }

        return written;
    }

    private static int ReadLength(ReadOnlySpan<byte> block, ref int read, int shortLength)
    {
        int length = shortLength;
        for (byte more = 255; shortLength == 15 && more == 255; length += more)
        {
            if (read == block.Length || length > int.MaxValue - 512)
            {
                throw new InvalidDataException("LZ4 length is cut off");
            }

            more = block[read++];
        }

        return length;
    }
}
