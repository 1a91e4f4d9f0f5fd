using System.Text;

namespace Skerry.Linux.Tests;

public sealed class RootedFilesTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("skerry-rooted-");

    private string Inside => $"{_root.FullName}/inside";

    public RootedFilesTests()
    {
        Directory.CreateDirectory($"{Inside}/etc");
        File.WriteAllText($"{Inside}/etc/passwd", "inside");
        File.WriteAllText($"{_root.FullName}/secret", "outside");
    }

    [Fact]
    public void AnAbsoluteLink_StaysInTheRoot()
    {
        File.CreateSymbolicLink($"{Inside}/link", "/etc/passwd");

        Assert.Equal("inside", Encoding.UTF8.GetString(RootedFiles.TryRead(Inside, "/link", 100)!));
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/../../secret")]
    [InlineData("up")]
    public void DotDot_DoesNotLeaveTheRoot(string path)
    {
        File.CreateSymbolicLink($"{Inside}/up", "../secret");

        Assert.Null(RootedFiles.TryRead(Inside, path, 100));
    }

    [Fact]
    public void ALongFile_IsCutAtTheLimit() => Assert.Equal(3, RootedFiles.TryRead(Inside, "etc/passwd", 3)!.Length);

    [Fact]
    public void Directories_AreMadeThroughLinksOfTheRoot()
    {
        File.CreateSymbolicLink($"{Inside}/escape", "../../..");
        using FileDescriptor root = FileDescriptor.Open(Inside, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);

        Assert.True(RootedFiles.MakeDirectories(root, "/escape/a/b"));
        Assert.False(RootedFiles.MakeDirectories(root, "/escape/a/b"));
        Assert.True(Directory.Exists($"{Inside}/a/b"));
    }

    [Fact]
    public void ASymbolicLink_ReplacesAFile()
    {
        using FileDescriptor root = FileDescriptor.Open(Inside, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);

        RootedFiles.MakeSymbolicLink(root, "etc/passwd", "shadow");

        Assert.Equal("shadow", new FileInfo($"{Inside}/etc/passwd").LinkTarget);
        Assert.Single(Directory.EnumerateFileSystemEntries($"{Inside}/etc"));
    }

    [Fact]
    public void Written_Renamed_AndReadBack()
    {
        using FileDescriptor root = FileDescriptor.Open(Inside, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        using (FileDescriptor file = RootedFiles.Open(root, "etc/new.tmp", OpenFlags.O_WRONLY | OpenFlags.O_CREAT, 0b110_000_000))
        {
            RootedFiles.WriteAt(file, "lo"u8, 3);
            RootedFiles.WriteAt(file, "hel"u8, 0);
        }

        RootedFiles.Rename(root, "etc/new.tmp", "new");

        Assert.Equal("hello", File.ReadAllText($"{Inside}/etc/new"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("a/..")]
    [InlineData("")]
    public void APathWithoutALastName_IsRefused(string path) =>
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => RootedFiles.SplitLast(path)).Errno);

    public void Dispose() => _root.Delete(recursive: true);
}
