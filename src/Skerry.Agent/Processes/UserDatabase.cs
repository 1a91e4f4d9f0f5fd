using System.Globalization;

namespace Skerry.Agent.Processes;

/// <summary>The text of a container's /etc/passwd and /etc/group, searched by us: a static glibc has no name service.</summary>
/// <remarks>passwd(5) and group(5). Malformed lines are passed over, as getpwent does. The text is the workload's and may be hostile.</remarks>
internal sealed class UserDatabase(string passwd, string group)
{
    /// <summary>The user of that name, or null.</summary>
    public UserEntry? FindUser(string name) => Users().FirstOrDefault(u => u.Name == name);

    /// <summary>The user of that id, or null.</summary>
    public UserEntry? FindUser(uint uid) => Users().FirstOrDefault(u => u.Uid == uid);

    /// <summary>The id of the group of that name, or null.</summary>
    public uint? FindGroup(string name)
    {
        foreach (string[] fields in Lines(group, 3))
        {
            if (fields[0] == name && TryId(fields[2], out uint gid))
            {
                return gid;
            }
        }

        return null;
    }

    /// <summary>The groups that list <paramref name="userName"/> as a member, in file order.</summary>
    public IReadOnlyList<uint> GroupsOf(string userName)
    {
        var groups = new List<uint>();
        foreach (string[] fields in Lines(group, 4))
        {
            if (fields[3].Split(',').Contains(userName) && TryId(fields[2], out uint gid) && !groups.Contains(gid))
            {
                groups.Add(gid);
            }
        }

        return groups;
    }

    /// <summary>Reads a decimal id, 0 to 2^32-2.</summary>
    public static bool TryId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id != uint.MaxValue;

    private IEnumerable<UserEntry> Users()
    {
        foreach (string[] fields in Lines(passwd, 4))
        {
            if (TryId(fields[2], out uint uid) && TryId(fields[3], out uint gid))
            {
                yield return new UserEntry(fields[0], uid, gid, fields.Length > 5 ? fields[5] : string.Empty);
            }
        }
    }

    private static IEnumerable<string[]> Lines(string text, int atLeast)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] fields = line.TrimEnd('\r').Split(':');
            if (fields.Length >= atLeast && fields[0].Length > 0 && fields[0][0] != '#')
            {
                yield return fields;
            }
        }
    }
}
