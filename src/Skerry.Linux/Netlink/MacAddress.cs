using System.Globalization;

namespace Skerry.Linux.Netlink;

/// <summary>An Ethernet address.</summary>
public readonly record struct MacAddress
{
    /// <summary>How long one is.</summary>
    public const int SizeBytes = 6;

    private readonly ulong _value;

    /// <summary>Takes the six bytes in the order of the wire.</summary>
    /// <exception cref="ArgumentException">Not six bytes.</exception>
    public MacAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
        {
            throw new ArgumentException("an Ethernet address has six bytes", nameof(bytes));
        }

        foreach (byte part in bytes)
        {
            _value = (_value << 8) | part;
        }
    }

    /// <summary>Reads six bytes in hexadecimal, parted by colons; false for anything else.</summary>
    public static bool TryParse(string? text, out MacAddress address)
    {
        address = default;
        string[] parts = (text ?? string.Empty).Split(':');
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (parts.Length != SizeBytes)
        {
            return false;
        }

        for (int i = 0; i < SizeBytes; i++)
        {
            if (parts[i].Length is 0 or > 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        address = new MacAddress(bytes);
        return true;
    }

    /// <summary>The six bytes in the order of the wire.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[SizeBytes];
        for (int i = 0; i < SizeBytes; i++)
        {
            bytes[i] = (byte)(_value >> (8 * (SizeBytes - 1 - i)));
        }

        return bytes;
    }

    /// <summary>As in 02:00:0a:00:00:01.</summary>
    public override string ToString() => string.Join(':', ToBytes().Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
}
