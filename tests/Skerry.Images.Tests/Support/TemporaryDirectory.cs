using System.Text;
using Skerry.Linux;

namespace Skerry.Images.Tests.Support;

/// <summary>A directory that is gone after the test, mounts below it included.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly Stack<string> _mounts = new();

    internal string Root { get; } = Directory.CreateTempSubdirectory("skerry-images-").FullName;

    internal string this[string relative] => Path.Combine(Root, relative);

    internal string Make(string relative) => Directory.CreateDirectory(this[relative]).FullName;

    /// <summary>Mounts a small tmpfs.</summary>
    internal string MountTmpfs(string relative, string size)
    {
        string target = Make(relative);
        Mounts.Mount("tmpfs", target, "tmpfs", MountFlags.None, $"size={size}");
        _mounts.Push(target);
        return target;
    }

    internal void WillUnmount(string target) => _mounts.Push(target);

    public void Dispose()
    {
        while (_mounts.TryPop(out string? target))
        {
            Mounts.TryUnmount(target, UnmountFlags.MNT_DETACH, out _);
        }

        using FileDescriptor parent = FileDescriptor.Open(Path.GetDirectoryName(Root)!, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        RawEntries.RemoveTree(parent, Encoding.UTF8.GetBytes(Path.GetFileName(Root)));
    }
}
