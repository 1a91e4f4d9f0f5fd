namespace Skerry.Oci;

/// <summary>A user of a root file system, by number.</summary>
/// <param name="Uid">The user id.</param>
/// <param name="Gid">The group id.</param>
/// <param name="AdditionalGids">Supplementary groups.</param>
/// <param name="Home">The home directory; <c>/</c> when the account has none.</param>
/// <param name="Name">The account's name, or null when no line of /etc/passwd matches.</param>
public sealed record ResolvedUser(uint Uid, uint Gid, IReadOnlyList<uint> AdditionalGids, string Home, string? Name)
{
    /// <summary>This user as a spec wants it.</summary>
    public OciUser ToOciUser() => new() { Uid = Uid, Gid = Gid, AdditionalGids = AdditionalGids };
}
