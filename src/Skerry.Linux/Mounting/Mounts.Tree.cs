using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <content>Attributes of whole trees of mounts.</content>
public static partial class Mounts
{
    private const nint SYS_mount_setattr = 442;
    private const int AT_FDCWD = -100;
    private const uint AT_RECURSIVE = 0x8000;

    /// <summary>The options that runc and crun know beside those of mount(8): an "r" in front makes one hold for the mounts below too.</summary>
    private static readonly Dictionary<string, MountAttributes> s_treeOptions = new(StringComparer.Ordinal)
    {
        ["rro"] = Sets(MountAttribute.MOUNT_ATTR_RDONLY),
        ["rrw"] = Clears(MountAttribute.MOUNT_ATTR_RDONLY),
        ["rnosuid"] = Sets(MountAttribute.MOUNT_ATTR_NOSUID),
        ["rsuid"] = Clears(MountAttribute.MOUNT_ATTR_NOSUID),
        ["rnodev"] = Sets(MountAttribute.MOUNT_ATTR_NODEV),
        ["rdev"] = Clears(MountAttribute.MOUNT_ATTR_NODEV),
        ["rnoexec"] = Sets(MountAttribute.MOUNT_ATTR_NOEXEC),
        ["rexec"] = Clears(MountAttribute.MOUNT_ATTR_NOEXEC),
        ["rnodiratime"] = Sets(MountAttribute.MOUNT_ATTR_NODIRATIME),
        ["rdiratime"] = Clears(MountAttribute.MOUNT_ATTR_NODIRATIME),
        ["rrelatime"] = Clears(MountAttribute.MOUNT_ATTR__ATIME),
        ["rnorelatime"] = new(MountAttribute.MOUNT_ATTR_STRICTATIME, MountAttribute.MOUNT_ATTR__ATIME),
        ["rnoatime"] = new(MountAttribute.MOUNT_ATTR_NOATIME, MountAttribute.MOUNT_ATTR__ATIME),
        ["ratime"] = Clears(MountAttribute.MOUNT_ATTR__ATIME),
        ["rstrictatime"] = new(MountAttribute.MOUNT_ATTR_STRICTATIME, MountAttribute.MOUNT_ATTR__ATIME),
        ["rnostrictatime"] = Clears(MountAttribute.MOUNT_ATTR__ATIME),
        ["rsymfollow"] = Clears(MountAttribute.MOUNT_ATTR_NOSYMFOLLOW),
        ["rnosymfollow"] = Sets(MountAttribute.MOUNT_ATTR_NOSYMFOLLOW),
    };

    /// <summary>Takes the options that hold for a whole tree out of the options of a mount.</summary>
    /// <param name="options">All options, in order; a later one wins over an earlier one.</param>
    /// <param name="others">The options that are none of these.</param>
    public static MountAttributes ParseTreeOptions(IEnumerable<string> options, out IReadOnlyList<string> others)
    {
        var rest = new List<string>();
        var attributes = default(MountAttributes);
        foreach (string option in options)
        {
            if (s_treeOptions.TryGetValue(option, out MountAttributes known))
            {
                attributes = new((attributes.Set & ~known.Clear) | known.Set, (attributes.Clear & ~known.Set) | known.Clear);
            }
            else
            {
                rest.Add(option);
            }
        }

        others = rest;
        return attributes;
    }

    /// <summary>Changes the mount at <paramref name="target"/> and every mount below it.</summary>
    /// <exception cref="SyscallException">EINVAL when it is no mount point; ENOSYS before Linux 5.12; EPERM.</exception>
    public static void SetTreeAttributes(string target, MountAttributes attributes)
    {
        var raw = new RawAttributes { Set = (ulong)attributes.Set, Clear = (ulong)attributes.Clear };
        nint result = Native.SetAttributes(SYS_mount_setattr, AT_FDCWD, target, AT_RECURSIVE, ref raw, (nuint)System.Runtime.CompilerServices.Unsafe.SizeOf<RawAttributes>());
        Syscall.Check(result, "mount_setattr", $"\"{target}\" (set {attributes.Set}, clear {attributes.Clear})");
    }

    private static MountAttributes Sets(MountAttribute attribute) => new(attribute, MountAttribute.None);

    private static MountAttributes Clears(MountAttribute attribute) => new(MountAttribute.None, attribute);

    /// <summary>struct mount_attr.</summary>
    internal struct RawAttributes
    {
        public ulong Set;
        public ulong Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint SetAttributes(nint call, int directory, string path, uint flags, ref RawAttributes attributes, nuint size);
    }
}
