using System.Globalization;
using System.Text;

namespace Skerry.GuestAssets;

/// <summary>Writes the "newc" cpio format, the one the kernel unpacks as initramfs.</summary>
/// <remarks>
/// Documentation/driver-api/early-userspace/buffer-format.rst: a header of 110 ASCII characters, name and data each padded
/// to 4 bytes, ended by an entry named "TRAILER!!!". Owners and times are all zero, so that the same content gives the same bytes.
/// </remarks>
internal sealed class CpioWriter(Stream output)
{
    private const string Trailer = "TRAILER!!!";
    private static readonly byte[] s_padding = new byte[4];
    private long _position;
    private uint _inode;

    internal void Write(CpioEntry entry)
    {
        byte[] name = Encoding.UTF8.GetBytes(entry.Path + "\0");
        _inode++;
        WriteRaw(Header(entry, name.Length));
        WriteRaw(name);
        Pad();
        WriteRaw(entry.Content.Span);
        Pad();
    }

    /// <summary>Writes the end marker; nothing may follow.</summary>
    internal void Finish()
    {
        _inode = uint.MaxValue;
        Write(new CpioEntry(Trailer, 0, default));
    }

    private byte[] Header(CpioEntry entry, int nameLength)
    {
        uint[] fields =
        [
            _inode, entry.Mode, entry.Uid, entry.Gid, 1, 0, (uint)entry.Content.Length, 0, 0, entry.DeviceMajor, entry.DeviceMinor, (uint)nameLength, 0,
        ];
        var text = new StringBuilder("070701", 110);
        foreach (uint field in fields)
        {
            text.Append(CultureInfo.InvariantCulture, $"{field:X8}");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _position += bytes.Length;
    }

    private void Pad() => WriteRaw(s_padding.AsSpan(0, (int)(-_position & 3)));
}
