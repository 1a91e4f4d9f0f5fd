namespace Skerry.Linux.Tests;

public sealed class FileDescriptorTests
{
    [Fact]
    public void MissingFile_ErrorNamesCallPathAndErrno()
    {
        SyscallException error = Assert.Throws<SyscallException>(() => FileDescriptor.Open("/does/not/exist", OpenFlags.O_RDONLY));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Equal("open", error.Call);
        Assert.Equal("open \"/does/not/exist\": ENOENT, no such file or directory", error.Message);
        Assert.Equal(Core.FailureKind.NotFound, error.Kind);
    }

    [Fact]
    public void Descriptors_AreCloseOnExec_DuplicatesToo()
    {
        using FileDescriptor opened = FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR);
        using FileDescriptor duplicate = opened.Duplicate();
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        (FileDescriptor first, FileDescriptor second) = SocketPair.Create();
        foreach (FileDescriptor descriptor in (FileDescriptor[])[opened, duplicate, read, write, first, second])
        {
            string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor.Number}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            Assert.True((Convert.ToInt32(flags[6..].Trim(), 8) & (int)OpenFlags.O_CLOEXEC) != 0, $"{descriptor.Number}: {flags}");
            descriptor.Dispose();
        }
    }

    [Fact]
    public void Pipe_CarriesBytesAndEnds()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        write.Write("hello"u8);
        write.Dispose();
        Span<byte> buffer = stackalloc byte[16];
        Assert.Equal(5, read.Read(buffer));
        Assert.Equal(0, read.Read(buffer));
        read.Dispose();
        Assert.True(read.IsClosed);
    }

    [Fact]
    public void NonBlockingPipeWithoutData_SaysEagain()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (read)
        using (write)
        {
            Assert.False(read.SetNonBlocking(true));
            Assert.Equal(-1, read.TryRead(stackalloc byte[1], out Errno error));
            Assert.Equal(Errno.EAGAIN, error);
            Assert.True(read.SetNonBlocking(false));
        }
    }
}
