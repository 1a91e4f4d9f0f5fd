using System.Globalization;

namespace Skerry.Linux;

/// <summary>
/// One step of preparing a child's file system, run in its mount namespace before the root switch. Targets are resolved under the new root,
/// links inside it included, and missing mount points are made.
/// </summary>
public sealed record MountStep
{
    private MountStep(MountStepKind kind, string target)
    {
        Kind = kind;
        Target = target;
    }

    /// <summary>What to do.</summary>
    public MountStepKind Kind { get; }

    /// <summary>Where, as a path under the new root.</summary>
    public string Target { get; }

    /// <summary>The source of a mount, a path of the parent's view for a bind; the text of a symbolic link; the fallback of a device.</summary>
    public string? Source { get; private init; }

    /// <summary>The file system's name.</summary>
    public string? Type { get; private init; }

    /// <summary>Options of the file system.</summary>
    public string? Data { get; private init; }

    /// <summary>Flags of the mount.</summary>
    public MountFlags Flags { get; private init; }

    /// <summary>Propagation to set afterwards, or None.</summary>
    public MountFlags Propagation { get; private init; }

    /// <summary>Attributes to set on and clear from a mount and all mounts below it, with mount_setattr(2).</summary>
    public MountAttributes TreeAttributes { get; init; }

    /// <summary>Type and permissions of what is made.</summary>
    public uint Mode { get; private init; }

    /// <summary>Major number of a device.</summary>
    public uint Major { get; private init; }

    /// <summary>Minor number of a device.</summary>
    public uint Minor { get; private init; }

    /// <summary>Owner of what is made.</summary>
    public uint Uid { get; private init; }

    /// <summary>Group of what is made.</summary>
    public uint Gid { get; private init; }

    /// <summary>Mounts a file system.</summary>
    public static MountStep Mount(
        string source,
        string target,
        string type,
        MountFlags flags = MountFlags.None,
        string? data = null,
        MountFlags propagation = MountFlags.None) =>
        new(MountStepKind.Mount, target) { Source = source, Type = type, Flags = flags, Data = data, Propagation = propagation };

    /// <summary>Binds a file or directory of the parent's view; flags besides MS_BIND and MS_REC are set by a remount of the top mount.</summary>
    public static MountStep Bind(string source, string target, MountFlags flags = MountFlags.None, MountFlags propagation = MountFlags.None) =>
        new(MountStepKind.Bind, target) { Source = source, Flags = flags | MountFlags.MS_BIND, Propagation = propagation };

    /// <summary>Changes the propagation of an existing mount.</summary>
    public static MountStep SetPropagation(string target, MountFlags propagation) =>
        new(MountStepKind.Propagation, target) { Propagation = propagation };

    /// <summary>Makes a device node or fifo; where the kernel forbids it, binds <paramref name="fallback"/> instead.</summary>
    /// <param name="target">Where.</param>
    /// <param name="type">FileModes.S_IFCHR, S_IFBLK or S_IFIFO.</param>
    /// <param name="major">Major number.</param>
    /// <param name="minor">Minor number.</param>
    /// <param name="permissions">Permissions, not cut by the umask.</param>
    /// <param name="uid">Owner.</param>
    /// <param name="gid">Group.</param>
    /// <param name="fallback">A node of the parent's view, or null.</param>
    public static MountStep Device(
        string target,
        uint type,
        uint major,
        uint minor,
        uint permissions = 0b110_110_110,
        uint uid = 0,
        uint gid = 0,
        string? fallback = null) =>
        new(MountStepKind.Device, target)
        {
            Source = fallback,
            Mode = type | permissions,
            Major = major,
            Minor = minor,
            Uid = uid,
            Gid = gid,
        };

    /// <summary>Makes a symbolic link; one with the same text may be there already.</summary>
    public static MountStep Symlink(string target, string text) => new(MountStepKind.Symlink, target) { Source = text };

    /// <summary>Hides a file under /dev/null, or a directory under an empty read-only tmpfs; a missing path is left missing.</summary>
    public static MountStep Mask(string target) => new(MountStepKind.Mask, target);

    /// <summary>Makes a path read-only by a bind onto itself; a missing path is left missing.</summary>
    public static MountStep ReadOnlyPath(string target) => new(MountStepKind.ReadOnly, target);

    /// <summary>Adds <paramref name="flags"/>, as MS_RDONLY, to those of an existing mount.</summary>
    public static MountStep Remount(string target, MountFlags flags) => new(MountStepKind.Remount, target) { Flags = flags };

    /// <summary>Makes a directory and its parents; an existing one is left as it is.</summary>
    public static MountStep MakeDirectory(string target, uint permissions = 0b111_101_101, uint uid = 0, uint gid = 0) =>
        new(MountStepKind.Directory, target) { Mode = permissions, Uid = uid, Gid = gid };

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        MountStepKind.Mount or MountStepKind.Bind => InRuncsWords(),
        MountStepKind.Propagation => $"set propagation of \"{Target}\" ({Propagation})",
        MountStepKind.Device => $"make device \"{Target}\" ({Major}:{Minor})",
        MountStepKind.Symlink => $"link \"{Target}\" to \"{Source}\"",
        MountStepKind.Mask => $"mask \"{Target}\"",
        MountStepKind.Remount => $"remount \"{Target}\" ({Flags})",
        MountStepKind.ReadOnly => $"make \"{Target}\" read-only",
        _ => $"make directory \"{Target}\"",
    };

    /// <summary>People and scripts know these words from runc.</summary>
    private string InRuncsWords()
    {
        string flags = Flags == MountFlags.None ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", flags: 0x{(ulong)Flags:x}");
        string data = string.IsNullOrEmpty(Data) ? string.Empty : $", data: {Data}";
        return $"error mounting \"{Source}\" to rootfs at \"{Target}\": mount {Source}:{Target}{flags}{data}";
    }
}
