using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// Removes directories that hold nothing but empty directories and empty files: mount points. Anything with content is left
/// alone, so that a mistake never loses somebody's data.
/// </summary>
/// <remarks>The caller makes sure that nothing is mounted at or below the path: an empty file in a volume is somebody's file.</remarks>
internal static class EmptyTree
{
    /// <summary>Removes <paramref name="path"/> when it is empty in that sense; true when it is gone.</summary>
    internal static bool TryRemove(string path)
    {
        try
        {
            switch (FileKinds.Of(path, followLinks: false))
            {
                case FileKind.Missing:
                    return true;
                case FileKind.Directory:
                    return TryRemoveDirectory(path);
                case FileKind.Regular when new FileInfo(path).Length == 0:
                    File.Delete(path);
                    return true;
                default:
                    return false;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SyscallException)
        {
            // Busy: still a mount point somewhere. It is empty, and the next clean-up tries again.
            return false;
        }
    }

    private static bool TryRemoveDirectory(string path)
    {
        bool empty = true;
        foreach (string entry in Directory.EnumerateFileSystemEntries(path))
        {
            empty &= TryRemove(entry);
        }

        if (empty)
        {
            Directory.Delete(path, recursive: false);
        }

        return empty;
    }
}
