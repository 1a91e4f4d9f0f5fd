using Skerry.Linux;

namespace Skerry.Images.Mounting;

/// <summary>Owner, permissions and time of a directory.</summary>
internal static class DirectoryLook
{
    /// <summary>Makes <paramref name="target"/> look as <paramref name="source"/>; both may be O_PATH.</summary>
    internal static void Copy(FileDescriptor source, FileDescriptor target)
    {
        FileStatus status = Attributes.Status(source);
        Attributes.ChangeOwner(target, status.Uid, status.Gid);
        Attributes.ChangeMode(target, status.Permissions);
        RawEntries.SetTimes(target, status.Modified, status.Modified);
    }
}
