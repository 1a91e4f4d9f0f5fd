namespace Skerry.Linux.Tests.Files;

public sealed class KernelFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-kernel-file-").FullName;

    private string Place => Path.Combine(_directory, "file");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void AFileOfTheKernel_IsReadWhole_ThoughItsSizeIsZero()
    {
        Assert.Equal(0, new FileInfo("/proc/self/status").Length);
        Assert.Contains("\nPid:\t", KernelFile.Read("/proc/self/status"), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText("/proc/filesystems").TrimEnd('\n'), KernelFile.Read("/proc/filesystems"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("grün\nund mehr")]
    public void WhatWasWritten_IsRead(string text)
    {
        File.WriteAllText(Place, "something longer that was there before");
        KernelFile.Write(Place, text);
        Assert.Equal(text, KernelFile.Read(Place));
    }

    [Theory]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void ALongFile_IsReadWhole_WithoutItsLastNewline(int length)
    {
        string text = new('x', length);
        File.WriteAllText(Place, text + "\n");
        Assert.Equal(text, KernelFile.Read(Place));
    }

    [Fact]
    public void AFileWithoutEnd_IsGivenUp()
    {
        Assert.Null(KernelFile.TryRead("/dev/zero", out Errno error));
        Assert.Equal(Errno.EFBIG, error);
    }

    [Fact]
    public void AMissingFile_IsNamed()
    {
        var error = Assert.Throws<SyscallException>(() => KernelFile.Read(Place));
        Assert.Equal((Errno.ENOENT, true), (error.Errno, error.Message.Contains(Place, StringComparison.Ordinal)));
        Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => KernelFile.Write(Place, "1")).Errno);
        Assert.False(File.Exists(Place));
    }
}
