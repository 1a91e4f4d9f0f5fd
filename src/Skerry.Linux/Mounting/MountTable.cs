using System.Globalization;
using System.Text;
using Skerry.Core;

namespace Skerry.Linux;

/// <summary>The mounts a process sees.</summary>
public static class MountTable
{
    private const int FixedFields = 6;

    /// <summary>Reads a mount table; the order is the kernel's, parents first.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="SkerryException">A line is not in mountinfo's format.</exception>
    public static IReadOnlyList<MountEntry> Read(string path = "/proc/thread-self/mountinfo") => Parse(File.ReadAllText(path));

    /// <summary>The mounts at <paramref name="directory"/> and beneath, deepest and newest first: the order to unmount them in.</summary>
    public static IReadOnlyList<string> TargetsUnder(string directory, string path = "/proc/thread-self/mountinfo")
    {
        string prefix = directory.TrimEnd('/');
        return [.. Read(path)
            .Select(entry => entry.Target)
            .Where(target => target == prefix || target.StartsWith(prefix + "/", StringComparison.Ordinal))
            .Reverse()];
    }

    /// <summary>Parses the text of a mountinfo file.</summary>
    /// <exception cref="SkerryException">A line is not in mountinfo's format.</exception>
    internal static IReadOnlyList<MountEntry> Parse(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ParseLine)];

    private static MountEntry ParseLine(string line)
    {
        string[] fields = line.Split(' ');
        int separator = fields.Length > FixedFields ? Array.IndexOf(fields, "-", FixedFields) : -1;
        if (separator < 0 || fields.Length < separator + 4
            || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out int id)
            || !int.TryParse(fields[1], CultureInfo.InvariantCulture, out int parentId))
        {
            throw new SkerryException(FailureKind.Internal, $"the mount table has a line we cannot read: \"{line}\"");
        }

        return new MountEntry(
            id,
            parentId,
            fields[2],
            Unescape(fields[3]),
            Unescape(fields[4]),
            fields[5],
            string.Join(' ', fields[FixedFields..separator]),
            fields[separator + 1],
            Unescape(fields[separator + 2]),
            fields[separator + 3]);
    }

    /// <summary>Blanks, tabs, newlines and backslashes stand as three octal digits behind a backslash.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        var text = new StringBuilder(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && field.AsSpan(i + 1, 3).ContainsAnyExceptInRange('0', '7') is false)
            {
                text.Append((char)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }

        return text.ToString();
    }
}
