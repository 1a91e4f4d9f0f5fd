namespace Skerry.Linux.Tests;

/// <summary>A directory of one test, removed with everything mounted in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("skerry-linux-").FullName;

    internal string Path { get; }

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        foreach (string target in MountTable.TargetsUnder(Path))
        {
            Mounts.TryUnmount(target, UnmountFlags.MNT_DETACH, out _);
        }

        Directory.Delete(Path, recursive: true);
    }
}
