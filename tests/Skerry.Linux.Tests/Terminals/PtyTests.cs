using System.Text;

namespace Skerry.Linux.Tests;

public sealed class PtyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Master_ReadsWhatTheSlaveWrites_AndEndsWithTheLastSlave()
    {
        (FileDescriptor master, FileDescriptor slave) = Pty.Open();
        await using var stream = new FdStream(master);
        Assert.True(Terminals.IsTerminal(slave));
        slave.Write("a\n"u8);
        byte[] buffer = new byte[16];
        int count = await stream.ReadAsync(buffer, Token);
        Assert.Equal("a\r\n", Encoding.ASCII.GetString(buffer, 0, count));
        ValueTask<int> end = stream.ReadAsync(buffer, Token);
        slave.Dispose();
        Assert.Equal(0, await end);
    }

    [Fact]
    public void Size_IsSetAndRead()
    {
        (FileDescriptor master, FileDescriptor slave) = Pty.Open();
        using (master)
        using (slave)
        {
            Pty.Resize(master, 40, 132);
            Assert.Equal((40, 132), Pty.GetSize(slave));
        }
    }

    [Fact]
    public void SizeOfAPipe_SaysEnotty()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (read)
        using (write)
        {
            Assert.False(Terminals.IsTerminal(read));
            Assert.Equal(Errno.ENOTTY, Assert.Throws<SyscallException>(() => Pty.GetSize(read)).Errno);
            Assert.Equal(Errno.ENOTTY, Assert.Throws<SyscallException>(() => RawTerminal.Enter(read)).Errno);
        }
    }

    [Fact]
    public void RawMode_PassesBytesUntouched_AndIsUndoneOnDispose()
    {
        (FileDescriptor master, FileDescriptor slave) = Pty.Open();
        using (master)
        using (slave)
        {
            byte[] buffer = new byte[16];
            using (RawTerminal.Enter(slave))
            {
                slave.Write("x\n"u8);
                Assert.Equal("x\n"u8.ToArray(), buffer[..master.Read(buffer)]);
                master.Write([3]);
                Assert.Equal([3], buffer[..slave.Read(buffer)]);
            }

            slave.Write("y\n"u8);
            Assert.Equal("y\r\n"u8.ToArray(), buffer[..master.Read(buffer)]);
        }
    }
}
