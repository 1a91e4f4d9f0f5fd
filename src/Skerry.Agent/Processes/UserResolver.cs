using Skerry.Core;
using Skerry.Protocols.Agent;
using OciUser = Skerry.Protocols.Agent.Oci.User;

namespace Skerry.Agent.Processes;

/// <summary>Turns the user of a request into numbers: the OCI user, overridden by names that only the container knows.</summary>
internal static class UserResolver
{
    /// <summary>Resolves <paramref name="user"/>, with what <paramref name="byName"/> names in its place; the messages are runc's.</summary>
    /// <exception cref="SkerryException">InvalidArgument when a name is in neither file.</exception>
    public static ProcessIdentity Resolve(OciUser? user, StringUser? byName, UserDatabase database)
    {
        uint uid = user?.UID ?? 0;
        uint gid = user?.GID ?? 0;
        List<uint> groups = [.. user?.AdditionalGids ?? []];
        string name = byName?.Uid is { Length: > 0 } text ? text : user?.Username ?? string.Empty;
        if (name.Length > 0)
        {
            UserEntry entry = FindUser(name, database);
            uid = entry.Uid;
            gid = entry.Gid;
            AddMissing(groups, entry.Name.Length > 0 ? database.GroupsOf(entry.Name) : []);
        }

        if (byName?.Gid is { Length: > 0 } groupName)
        {
            gid = FindGroup(groupName, database);
        }

        AddMissing(groups, (byName?.AdditionalGids ?? []).Select(g => FindGroup(g, database)));
        return new ProcessIdentity(uid, gid, groups, database.FindUser(uid)?.Home is { Length: > 0 } home ? home : "/");
    }

    private static UserEntry FindUser(string text, UserDatabase database)
    {
        if (database.FindUser(text) is { } named)
        {
            return named;
        }

        if (UserDatabase.TryId(text, out uint uid))
        {
            return database.FindUser(uid) ?? new UserEntry(string.Empty, uid, 0, string.Empty);
        }

        throw new SkerryException(
            FailureKind.InvalidArgument, $"unable to find user {text}: no matching entries in passwd file", "name a user of the image, or a number");
    }

    private static uint FindGroup(string text, UserDatabase database)
    {
        if (database.FindGroup(text) is { } named)
        {
            return named;
        }

        return UserDatabase.TryId(text, out uint gid)
            ? gid
            : throw new SkerryException(
                FailureKind.InvalidArgument, $"unable to find group {text}: no matching entries in group file", "name a group of the image, or a number");
    }

    private static void AddMissing(List<uint> groups, IEnumerable<uint> more) => groups.AddRange(more.Distinct().Where(g => !groups.Contains(g)));
}
