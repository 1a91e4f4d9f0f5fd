namespace Skerry.Linux.Tests;

public sealed class MountsTests
{
    [Fact]
    public void TmpfsBindAndReadOnly_DoWhatTheySay()
    {
        Root.Require();
        using var directory = new TemporaryDirectory();
        string source = Directory.CreateDirectory(directory["source"]).FullName;
        string target = Directory.CreateDirectory(directory["target with blank"]).FullName;
        Mounts.Mount("tmpfs", source, "tmpfs", MountFlags.MS_NOSUID, "size=64k,mode=700");
        File.WriteAllText(source + "/file", "x");
        Mounts.Bind(source, target, recursive: true);
        Mounts.RemountReadOnly(target);
        Assert.Equal("x", File.ReadAllText(target + "/file"));
        Assert.Throws<IOException>(() => File.WriteAllText(target + "/file", "y"));
        File.WriteAllText(source + "/file", "y");
        MountFlags flags = FileSystems.Stat(target).MountFlags;
        Assert.True(flags.HasFlag(MountFlags.MS_RDONLY | MountFlags.MS_NOSUID), flags.ToString());
        Assert.Equal([target, source], MountTable.TargetsUnder(directory.Path));
        Mounts.Unmount(target, UnmountFlags.None);
        Assert.False(Mounts.TryUnmount(target, UnmountFlags.None, out Errno error));
        Assert.Equal(Errno.EINVAL, error);
    }

    [Fact]
    public void MissingSource_ErrorNamesThePaths()
    {
        Root.Require();
        using var directory = new TemporaryDirectory();
        SyscallException error = Assert.Throws<SyscallException>(() => Mounts.Bind("/does/not/exist", directory.Path, recursive: false));
        Assert.Equal($"mount \"/does/not/exist\" on \"{directory.Path}\" (MS_BIND): ENOENT, no such file or directory", error.Message);
    }

    [Fact]
    public void Propagation_IsSet()
    {
        Root.Require();
        using var directory = new TemporaryDirectory();
        Mounts.Mount("tmpfs", directory.Path, "tmpfs");
        Mounts.SetPropagation(directory.Path, MountFlags.MS_SHARED);
        Assert.StartsWith("shared:", MountTable.Read().Last(entry => entry.Target == directory.Path).Propagation, StringComparison.Ordinal);
        Mounts.SetPropagation(directory.Path, MountFlags.MS_PRIVATE);
        Assert.Equal("", MountTable.Read().Last(entry => entry.Target == directory.Path).Propagation);
    }
}
