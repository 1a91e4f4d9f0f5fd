using Skerry.GuestAssets.Rootfs;

namespace Skerry.GuestAssets.Tests.Disks;

/// <summary>A root file system of a test's own: the agent alone, and what the test adds.</summary>
internal sealed class RootfsDirectory
{
    internal RootfsDirectory(ScratchDirectory scratch, string name = "rootfs")
    {
        Path = System.IO.Path.Combine(scratch.Path, name);
        TinyRootfs.Create(Path, scratch.File("agent", TestFiles.Program()));
    }

    internal string Path { get; }

    internal string Add(string path, string content)
    {
        string full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    /// <summary>Files of all kinds that an image has to keep: a long one with a hole, links of both kinds, a name with a blank.</summary>
    internal static RootfsDirectory Rich(ScratchDirectory scratch, string name, bool reversed = false)
    {
        var rootfs = new RootfsDirectory(scratch, name);
        string[] files = ["etc/os-release", "usr/share/doc/a", "usr/share/doc/b", "opt/tool"];
        foreach (string file in reversed ? files.Reverse() : files)
        {
            rootfs.Add(file, $"content of {file}\n");
        }

        using (FileStream sparse = File.Create(System.IO.Path.Combine(rootfs.Path, "opt/sparse")))
        {
            sparse.SetLength(3 << 20);
            sparse.Position = 2 << 20;
            sparse.WriteByte(7);
        }

        File.SetUnixFileMode(System.IO.Path.Combine(rootfs.Path, "opt/tool"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(System.IO.Path.Combine(rootfs.Path, "opt/link"), "../etc/os-release");
        return rootfs;
    }
}
