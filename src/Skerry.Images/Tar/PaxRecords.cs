using System.Buffers.Text;
using System.Text;

namespace Skerry.Images.Tar;

/// <summary>The records of a pax extended header, which overrule fields of the entry that follows it.</summary>
/// <remarks>POSIX.1-2017, pax "pax Extended Header": <c>LENGTH KEYWORD=VALUE\n</c>, the length counting itself.</remarks>
internal sealed class PaxRecords
{
    private const string XattrPrefix = "SCHILY.xattr.";

    private readonly List<KeyValuePair<string, byte[]>> _records = [];

    /// <summary>Extended attributes, in the order written.</summary>
    internal IReadOnlyList<KeyValuePair<string, byte[]>> Xattrs =>
    [
        .. _records.Where(record => record.Key.StartsWith(XattrPrefix, StringComparison.Ordinal) && record.Key.Length > XattrPrefix.Length)
            .GroupBy(record => record.Key[XattrPrefix.Length..])
            .Select(group => KeyValuePair.Create(group.Key, group.Last().Value)),
    ];

    /// <summary>Adds the records of one header.</summary>
    /// <exception cref="ImageException">A record is malformed.</exception>
    internal void Add(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            if (!Utf8Parser.TryParse(content, out int length, out int digits) || length <= digits + 1 || length > content.Length
                || content[digits] != ' ' || content[length - 1] != '\n')
            {
                throw ImageException.Bad("a pax header has a malformed record");
            }

            ReadOnlySpan<byte> record = content[(digits + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw ImageException.Bad("a pax header has a record without a keyword");
            }

            _records.Add(KeyValuePair.Create(Encoding.UTF8.GetString(record[..equals]), record[(equals + 1)..].ToArray()));
            content = content[length..];
        }
    }

    /// <summary>The last value of <paramref name="key"/>; null when it is absent, or empty, which takes an earlier one back.</summary>
    internal byte[]? Find(string key)
    {
        byte[]? value = _records.FindLast(record => record.Key == key).Value;
        return value is { Length: > 0 } ? value : null;
    }

    /// <summary>The values of two keywords that alternate, as the oldest pax sparse format writes its map.</summary>
    internal IEnumerable<(string Key, byte[] Value)> InOrder(string first, string second) =>
        _records.Where(record => record.Key == first || record.Key == second).Select(record => (record.Key, record.Value));

    /// <summary>The decimal value of <paramref name="key"/>, or null when it is absent.</summary>
    /// <exception cref="ImageException">The value is not a number.</exception>
    internal long? FindNumber(string key) => Find(key) is { } value ? ParseNumber(value, key) : null;

    internal static long ParseNumber(ReadOnlySpan<byte> value, string key) =>
        Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length
            ? number
            : throw ImageException.Bad($"the pax record {key} is not a number");

    /// <summary>The value of <paramref name="key"/> as a time; fractions go down to nanoseconds, before 1970 too.</summary>
    /// <exception cref="ImageException">The value is not a time.</exception>
    internal (long Seconds, int Nanoseconds)? FindTime(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        int point = value.AsSpan().IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? value : value.AsSpan(0, point);
        long seconds = ParseNumber(whole, key);
        int nanoseconds = point < 0 ? 0 : Fraction(value.AsSpan(point + 1), key);
        return whole[0] == '-' && nanoseconds > 0 ? (seconds - 1, 1_000_000_000 - nanoseconds) : (seconds, nanoseconds);
    }

    private static int Fraction(ReadOnlySpan<byte> digits, string key)
    {
        Span<byte> nine = "000000000"u8.ToArray();
        digits[..Math.Min(digits.Length, 9)].CopyTo(nine);
        return nine.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            ? (int)ParseNumber(nine, key)
            : throw ImageException.Bad($"the pax record {key} is not a time");
    }
}
