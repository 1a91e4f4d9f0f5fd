using System.Buffers.Text;

namespace Skerry.Images.Tar;

/// <summary>Reads decimal lines from an entry's data, block by block, so that what follows starts at a block.</summary>
internal sealed class SparseLines(TarReader reader)
{
    private readonly byte[] _block = new byte[TarHeader.BlockBytes];
    private int _position = TarHeader.BlockBytes;

    /// <summary>The next line as a number.</summary>
    /// <exception cref="ImageException">The line is not a number, or the data ends.</exception>
    internal long Next()
    {
        Span<byte> digits = stackalloc byte[20];
        int length = 0;
        for (byte value = NextByte(); value != '\n'; value = NextByte())
        {
            if (length == digits.Length)
            {
                throw Malformed();
            }

            digits[length++] = value;
        }

        return Utf8Parser.TryParse(digits[..length], out long number, out int used) && used == length ? number : throw Malformed();
    }

    private byte NextByte()
    {
        if (_position == _block.Length)
        {
            FillBlock();
        }

        return _block[_position++];
    }

    private void FillBlock()
    {
        int filled = 0;
        while (filled < _block.Length)
        {
            int count = reader.ReadData(_block.AsSpan(filled));
            filled += count > 0 ? count : throw Malformed();
        }

        _position = 0;
    }

    private static ImageException Malformed() => ImageException.Bad("the map of a sparse file is malformed");
}
