using Skerry.Core;

namespace Skerry.Oci;

/// <summary>
/// Turns <c>user[:group]</c>, each a name or a number, into numbers, by the rules runc and containerd share: a number always means an id
/// and need not exist; a name must exist; supplementary groups come along unless a group is given.
/// </summary>
public static class UserResolver
{
    private const uint LargestId = int.MaxValue;

    /// <summary>Resolves <paramref name="user"/> against the text of a root file system's account files.</summary>
    /// <param name="user">What was asked for; empty means root.</param>
    /// <param name="passwd">The text of /etc/passwd; empty when there is none.</param>
    /// <param name="group">The text of /etc/group; empty when there is none.</param>
    /// <exception cref="SkerryException">InvalidArgument for an unknown name or an id out of range, in runc's words.</exception>
    public static ResolvedUser Resolve(string user, string passwd, string group)
    {
        int colon = user.IndexOf(':', StringComparison.Ordinal);
        string userPart = colon < 0 ? user : user[..colon];
        string groupPart = colon < 0 ? string.Empty : user[(colon + 1)..];

        PasswdEntry account = FindAccount(userPart, passwd, out bool found);
        string home = account.Home.Length > 0 ? account.Home : "/";
        string? name = found ? account.Name : null;
        if (groupPart.Length > 0)
        {
            return new ResolvedUser(account.Uid, FindGroup(groupPart, group), [], home, name);
        }

        return new ResolvedUser(account.Uid, account.Gid, found ? SupplementaryGroups(account.Name, group) : [], home, name);
    }

    private static PasswdEntry FindAccount(string user, string passwd, out bool found)
    {
        bool isNumber = AccountFiles.TryId(user, out uint uid) || user.Length == 0;
        PasswdEntry? entry = AccountFiles.ReadPasswd(passwd).FirstOrDefault(line => isNumber ? line.Uid == uid : line.Name == user);
        found = entry is not null;
        if (entry is not null)
        {
            return entry;
        }

        if (!isNumber)
        {
            throw Unknown($"unable to find user {user}: no matching entries in passwd file", "name a user of the image's /etc/passwd, or a number");
        }

        return new PasswdEntry(string.Empty, InRange(uid), 0, "/");
    }

    private static uint FindGroup(string wanted, string group)
    {
        bool isNumber = AccountFiles.TryId(wanted, out uint gid);
        GroupEntry? entry = AccountFiles.ReadGroup(group).FirstOrDefault(line => isNumber ? line.Gid == gid : line.Name == wanted);
        if (entry is null && !isNumber)
        {
            throw Unknown($"unable to find group {wanted}: no matching entries in group file", "name a group of the image's /etc/group, or a number");
        }

        return entry?.Gid ?? InRange(gid);
    }

    private static uint[] SupplementaryGroups(string name, string group) =>
        [.. AccountFiles.ReadGroup(group).Where(line => line.Members.Contains(name)).Select(line => line.Gid).Distinct()];

    private static uint InRange(uint id) => id <= LargestId
        ? id
        : throw new SkerryException(FailureKind.InvalidArgument, $"uids and gids must be in range 0-{LargestId}");

    private static SkerryException Unknown(string message, string hint) => new(FailureKind.InvalidArgument, message, hint);
}
