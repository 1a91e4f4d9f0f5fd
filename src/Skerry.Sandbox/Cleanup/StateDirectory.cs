using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>Removes a sandbox's state directory: its own files by name, its mount points only when nothing is in them.</summary>
internal static class StateDirectory
{
    /// <summary>Removes it; idempotent. What cannot be removed is left for the next attempt.</summary>
    /// <param name="paths">The sandbox.</param>
    /// <param name="shimLives">Whether the shim goes on listening in it: then its socket stays, and the shim removes it when it ends.</param>
    /// <param name="keepRecord">Whether something on the host is left that only the record names: it stays, with its directory, for the next attempt.</param>
    /// <exception cref="IOException">Something of it is left.</exception>
    internal static void Remove(SandboxPaths paths, bool shimLives = false, bool keepRecord = false)
    {
        if (!Directory.Exists(paths.Directory))
        {
            return;
        }

        Unmount(paths.Directory);
        EmptyTree.TryRemove(paths.Share);
        EmptyTree.TryRemove(paths.Staging);
        foreach (string file in Directory.EnumerateFiles(paths.Directory))
        {
            if (file != paths.Record && !(shimLives && file == paths.ShimSocket))
            {
                File.Delete(file);
            }
        }

        if (Directory.EnumerateDirectories(paths.Directory).FirstOrDefault() is { } left)
        {
            throw new IOException($"\"{left}\" is not empty and was left alone");
        }

        if (keepRecord && File.Exists(paths.Record))
        {
            return;
        }

        File.Delete(paths.Record);
        if (!(shimLives && File.Exists(paths.ShimSocket)))
        {
            Directory.Delete(paths.Directory, recursive: false);
        }
    }

    private static void Unmount(string directory)
    {
        IEnumerable<string> targets = MountTable.Read()
            .Select(mount => mount.Target)
            .Where(target => target.StartsWith(directory + "/", StringComparison.Ordinal))
            .OrderByDescending(target => target.Length);
        foreach (string target in targets)
        {
            Mounts.TryUnmount(target, UnmountFlags.MNT_DETACH, out _);
        }
    }
}
