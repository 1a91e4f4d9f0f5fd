using System.Globalization;

namespace Skerry.Oci;

/// <summary>
/// The accounts of a root file system: passwd(5) and group(5). The text comes from an image, so lines that make no sense are skipped,
/// and the reader of the files bounds their size.
/// </summary>
internal static class AccountFiles
{
    internal static IEnumerable<PasswdEntry> ReadPasswd(string text)
    {
        foreach (string[] fields in Lines(text, minimum: 4))
        {
            if (TryId(fields[2], out uint uid) && TryId(fields[3], out uint gid))
            {
                yield return new PasswdEntry(fields[0], uid, gid, fields.Length > 5 ? fields[5] : string.Empty);
            }
        }
    }

    internal static IEnumerable<GroupEntry> ReadGroup(string text)
    {
        foreach (string[] fields in Lines(text, minimum: 3))
        {
            if (TryId(fields[2], out uint gid))
            {
                string[] members = fields.Length > 3 ? fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
                yield return new GroupEntry(fields[0], gid, members);
            }
        }
    }

    internal static bool TryId(string text, out uint id) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static IEnumerable<string[]> Lines(string text, int minimum)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] fields = line.Split(':');
            if (line[0] != '#' && fields.Length >= minimum && fields[0].Length > 0)
            {
                yield return fields;
            }
        }
    }
}
