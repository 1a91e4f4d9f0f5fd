namespace Skerry.Linux.Tests;

public sealed class SafePathTests
{
    [Fact]
    public void AbsoluteLinksAndDotDot_StayInTheRoot()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["etc"]);
        File.WriteAllText(directory["etc/passwd"], "inner");
        File.CreateSymbolicLink(directory["link"], "/etc/passwd");
        File.CreateSymbolicLink(directory["up"], "../../../../etc/passwd");
        using FileDescriptor root = FileDescriptor.Open(directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        foreach (string path in (string[])["/etc/passwd", "link", "up", "../etc/passwd", "etc/../../etc/passwd"])
        {
            using FileDescriptor file = SafePath.OpenIn(root, path, OpenFlags.O_RDONLY);
            byte[] buffer = new byte[16];
            Assert.Equal("inner"u8.ToArray(), buffer[..file.Read(buffer)]);
        }
    }

    [Fact]
    public void LinkOutOfTheRoot_IsRefusedWhenAskedTo()
    {
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory["out"], "/etc");
        using FileDescriptor root = FileDescriptor.Open(directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        Assert.Null(SafePath.TryOpenIn(root, "out/passwd", OpenFlags.O_RDONLY, out Errno beneath, resolve: ResolveFlags.RESOLVE_BENEATH));
        Assert.Equal(Errno.EXDEV, beneath);
        Assert.Null(SafePath.TryOpenIn(root, "out/passwd", OpenFlags.O_RDONLY, out Errno links, resolve: ResolveFlags.RESOLVE_NO_SYMLINKS));
        Assert.Equal(Errno.ELOOP, links);
        Assert.Null(SafePath.TryOpenIn(root, "out/passwd", OpenFlags.O_RDONLY, out Errno inside));
        Assert.Equal(Errno.ENOENT, inside);
    }

    [Fact]
    public void CreatedFile_HasTheMode()
    {
        using var directory = new TemporaryDirectory();
        using FileDescriptor root = FileDescriptor.Open(directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        using FileDescriptor file = SafePath.OpenIn(root, "new", OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL, 0b110_000_000);
        Assert.Equal(0b110_000_000u, Attributes.Status(file).Permissions);
    }
}
