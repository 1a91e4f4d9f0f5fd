using System.Globalization;

namespace Skerry.Config.Toml;

/// <summary>Dates and times as TOML writes them: RFC 3339, with the offset, the time or the date left out for the local types.</summary>
internal static class TomlDateTimeSyntax
{
    private const int DateLength = 10;

    /// <summary>True when <paramref name="word"/> can only be meant as a date or time: two or four digits, then their separator.</summary>
    internal static bool IsCandidate(string word) => StartsWithDate(word) || IsSeparated(word, 2, ':');

    internal static TomlDateTime Parse(string word, TomlPosition position)
    {
        if (!StartsWithDate(word))
        {
            return new TomlDateTime(null, ParseTime(word, word, position), null, position);
        }

        DateOnly date = ParseDate(word, position);
        if (word.Length == DateLength)
        {
            return new TomlDateTime(date, null, null, position);
        }

        if (word[DateLength] is not ('T' or 't' or ' '))
        {
            throw Fault(position, word, "'T' or a space separates date and time");
        }

        string rest = word[(DateLength + 1)..];
        int offsetAt = rest.AsSpan().IndexOfAny("Zz+-");
        TimeSpan? offset = offsetAt < 0 ? null : ParseOffset(word, rest[offsetAt..], position);
        TimeOnly time = ParseTime(word, offsetAt < 0 ? rest : rest[..offsetAt], position);
        return new TomlDateTime(date, time, offset, position);
    }

    private static bool StartsWithDate(string word) => IsSeparated(word, 4, '-');

    private static bool IsSeparated(string word, int digits, char separator) =>
        word.Length > digits && word[digits] == separator && word.AsSpan(0, digits).IndexOfAnyExceptInRange('0', '9') < 0;

    private static DateOnly ParseDate(string word, TomlPosition position)
    {
        string date = word[..Math.Min(DateLength, word.Length)];
        return DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly parsed)
            ? parsed
            : throw Fault(position, word, "a date is YYYY-MM-DD and must exist in the calendar");
    }

    private static TimeOnly ParseTime(string word, string time, TomlPosition position)
    {
        string fraction = string.Empty;
        int pointAt = time.IndexOf('.', StringComparison.Ordinal);
        if (pointAt >= 0)
        {
            fraction = time[(pointAt + 1)..];
            time = time[..pointAt];
        }

        bool fractionIsGood = pointAt < 0 || (fraction.Length > 0 && fraction.All(char.IsAsciiDigit));
        if (!fractionIsGood || !TimeOnly.TryParseExact(time, "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly parsed))
        {
            throw Fault(position, word, "a time is HH:MM:SS, with a fraction of seconds if wanted");
        }

        long ticks = fraction.Length == 0 ? 0 : long.Parse(fraction.PadRight(7, '0')[..7], CultureInfo.InvariantCulture);
        return parsed.Add(TimeSpan.FromTicks(ticks));
    }

    private static TimeSpan ParseOffset(string word, string offset, TomlPosition position)
    {
        if (offset is "Z" or "z")
        {
            return TimeSpan.Zero;
        }

        return TimeOnly.TryParseExact(offset[1..], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly parsed) && offset[0] is '+' or '-'
            ? parsed.ToTimeSpan() * (offset[0] == '-' ? -1 : 1)
            : throw Fault(position, word, "an offset is Z, +HH:MM or -HH:MM");
    }

    private static TomlSyntaxException Fault(TomlPosition position, string word, string reason) =>
        new(position, $"'{word}' is no date or time: {reason}");
}
