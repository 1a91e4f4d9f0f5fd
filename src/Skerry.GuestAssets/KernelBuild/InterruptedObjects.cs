namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// Removes what a build that was killed may have left half-written. The kernel's build writes an object first and then, beside it,
/// the command that made it: an object without that, or newer than it, was being written.
/// </summary>
internal static class InterruptedObjects
{
    /// <summary>Removes them from <paramref name="directory"/>, and says how many.</summary>
    internal static int Remove(string directory)
    {
        string[] suspect = [.. Directory.EnumerateFiles(directory, "*.o", SearchOption.AllDirectories).Where(IsSuspect)];
        foreach (string path in suspect)
        {
            File.Delete(path);
        }

        return suspect.Length;
    }

    private static bool IsSuspect(string path)
    {
        string command = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.cmd");
        return !File.Exists(command) || File.GetLastWriteTimeUtc(command) < File.GetLastWriteTimeUtc(path);
    }
}
