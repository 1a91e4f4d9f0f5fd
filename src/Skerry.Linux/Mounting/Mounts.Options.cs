namespace Skerry.Linux;

public static partial class Mounts
{
    /// <summary>What a mount option sets and clears.</summary>
    private readonly record struct Option(MountFlags Set, MountFlags Clear = MountFlags.None);

    private const MountFlags AccessTimeMask = MountFlags.MS_NOATIME | MountFlags.MS_RELATIME | MountFlags.MS_STRICTATIME;

    private static readonly Dictionary<string, Option> s_options = new(StringComparer.Ordinal)
    {
        ["defaults"] = default,
        ["ro"] = new(MountFlags.MS_RDONLY),
        ["rw"] = new(MountFlags.None, MountFlags.MS_RDONLY),
        ["nosuid"] = new(MountFlags.MS_NOSUID),
        ["suid"] = new(MountFlags.None, MountFlags.MS_NOSUID),
        ["nodev"] = new(MountFlags.MS_NODEV),
        ["dev"] = new(MountFlags.None, MountFlags.MS_NODEV),
        ["noexec"] = new(MountFlags.MS_NOEXEC),
        ["exec"] = new(MountFlags.None, MountFlags.MS_NOEXEC),
        ["sync"] = new(MountFlags.MS_SYNCHRONOUS),
        ["async"] = new(MountFlags.None, MountFlags.MS_SYNCHRONOUS),
        ["dirsync"] = new(MountFlags.MS_DIRSYNC),
        ["remount"] = new(MountFlags.MS_REMOUNT),
        ["mand"] = new(MountFlags.MS_MANDLOCK),
        ["nomand"] = new(MountFlags.None, MountFlags.MS_MANDLOCK),
        ["atime"] = new(MountFlags.None, MountFlags.MS_NOATIME),
        ["noatime"] = new(MountFlags.MS_NOATIME, AccessTimeMask),
        ["diratime"] = new(MountFlags.None, MountFlags.MS_NODIRATIME),
        ["nodiratime"] = new(MountFlags.MS_NODIRATIME),
        ["relatime"] = new(MountFlags.MS_RELATIME, AccessTimeMask),
        ["norelatime"] = new(MountFlags.None, MountFlags.MS_RELATIME),
        ["strictatime"] = new(MountFlags.MS_STRICTATIME, AccessTimeMask),
        ["nostrictatime"] = new(MountFlags.None, MountFlags.MS_STRICTATIME),
        ["lazytime"] = new(MountFlags.MS_LAZYTIME),
        ["nolazytime"] = new(MountFlags.None, MountFlags.MS_LAZYTIME),
        ["symfollow"] = new(MountFlags.None, MountFlags.MS_NOSYMFOLLOW),
        ["nosymfollow"] = new(MountFlags.MS_NOSYMFOLLOW),
        ["iversion"] = new(MountFlags.MS_I_VERSION),
        ["noiversion"] = new(MountFlags.None, MountFlags.MS_I_VERSION),
        ["silent"] = new(MountFlags.MS_SILENT),
        ["loud"] = new(MountFlags.None, MountFlags.MS_SILENT),
        ["acl"] = new(MountFlags.MS_POSIXACL),
        ["noacl"] = new(MountFlags.None, MountFlags.MS_POSIXACL),
        ["bind"] = new(MountFlags.MS_BIND),
        ["rbind"] = new(MountFlags.MS_BIND | MountFlags.MS_REC),
    };

    private static readonly Dictionary<string, MountFlags> s_propagations = new(StringComparer.Ordinal)
    {
        ["private"] = MountFlags.MS_PRIVATE,
        ["rprivate"] = MountFlags.MS_PRIVATE | MountFlags.MS_REC,
        ["shared"] = MountFlags.MS_SHARED,
        ["rshared"] = MountFlags.MS_SHARED | MountFlags.MS_REC,
        ["slave"] = MountFlags.MS_SLAVE,
        ["rslave"] = MountFlags.MS_SLAVE | MountFlags.MS_REC,
        ["unbindable"] = MountFlags.MS_UNBINDABLE,
        ["runbindable"] = MountFlags.MS_UNBINDABLE | MountFlags.MS_REC,
    };

    /// <summary>Sorts the options of an OCI or fstab mount into flags, propagation, and what the file system itself understands.</summary>
    /// <param name="options">The options in order; a later one wins over an earlier one, the last propagation counts.</param>
    /// <returns>The flags for the mount; the flags for <see cref="SetPropagation"/>, or None; the other options joined by commas, or "".</returns>
    public static (MountFlags Flags, MountFlags Propagation, string Data) ParseOptions(IEnumerable<string> options)
    {
        MountFlags flags = MountFlags.None;
        MountFlags propagation = MountFlags.None;
        var data = new List<string>();
        foreach (string option in options)
        {
            if (s_options.TryGetValue(option, out Option known))
            {
                flags = (flags & ~known.Clear) | known.Set;
            }
            else if (s_propagations.TryGetValue(option, out MountFlags spread))
            {
                propagation = spread;
            }
            else if (option.Length > 0)
            {
                data.Add(option);
            }
        }

        return (flags, propagation, string.Join(',', data));
    }
}
