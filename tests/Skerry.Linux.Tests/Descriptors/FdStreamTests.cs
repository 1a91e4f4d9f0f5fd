using System.Diagnostics;

namespace Skerry.Linux.Tests;

public sealed class FdStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WaitsForTheWriter_AndSeesTheEnd()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        await using var reader = new FdStream(read);
        await using var writer = new FdStream(write);
        byte[] buffer = new byte[16];
        ValueTask<int> pending = reader.ReadAsync(buffer, Token);
        Assert.False(pending.IsCompleted);
        await writer.WriteAsync("abc"u8.ToArray(), Token);
        Assert.Equal(3, await pending);
        ValueTask<int> end = reader.ReadAsync(buffer, Token);
        await writer.DisposeAsync();
        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task AReactorOfItsOwn_LetsReadersGoOnOnItsThread()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        var reader = new FdStream(read, reactor: Reactor.Inline());
        await using var writer = new FdStream(write);
        byte[] buffer = new byte[1];
        Task<string?> thread = ReadAndNameTheThreadAsync();
        await writer.WriteAsync("a"u8.ToArray(), Token);
        Assert.Equal("skerry-reactor", await thread);

        ValueTask<int> abandoned = reader.ReadAsync(buffer, Token);
        await reader.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => abandoned.AsTask());

        async Task<string?> ReadAndNameTheThreadAsync()
        {
            await reader.ReadAsync(buffer, Token).ConfigureAwait(false);
            return Thread.CurrentThread.Name;
        }
    }

    [Fact]
    public async Task AReactorOfItsOwn_MissesNeitherWhatIsThereAlready_NorTheEnd()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        await using var reader = new FdStream(read, reactor: Reactor.Inline());
        var writer = new FdStream(write);
        byte[] buffer = new byte[4];
        await writer.WriteAsync("ab"u8.ToArray(), Token);
        Assert.Equal(2, await reader.ReadAsync(buffer, Token));
        await writer.WriteAsync("cdefg"u8.ToArray(), Token);
        await writer.DisposeAsync();
        Assert.Equal(4, await reader.ReadAsync(buffer, Token));
        Assert.Equal(1, await reader.ReadAsync(buffer, Token));
        Assert.Equal(0, await reader.ReadAsync(buffer, Token));
    }

    [Fact]
    public async Task LargeWrite_PassesThroughASmallPipe()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        byte[] sent = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        var received = new MemoryStream();
        await using var reader = new FdStream(read);
        Task copying = reader.CopyToAsync(received, Token);
        await using (var writer = new FdStream(write))
        {
            await writer.WriteAsync(sent, Token);
        }

        await copying;
        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public async Task ReadAndWriteAtOnce_OnOneSocket()
    {
        (FileDescriptor first, FileDescriptor second) = SocketPair.Create();
        await using var left = new FdStream(first);
        await using var right = new FdStream(second);
        byte[] buffer = new byte[8];
        ValueTask<int> reading = left.ReadAsync(buffer, Token);
        Task filling = left.WriteAsync(new byte[2 * 1024 * 1024], Token).AsTask();
        Assert.False(filling.IsCompleted);
        await right.WriteAsync("x"u8.ToArray(), Token);
        Assert.Equal(1, await reading);
        Assert.False(filling.IsCompleted);
        await right.ReadExactlyAsync(new byte[2 * 1024 * 1024], Token);
        await filling;
    }

    [Fact]
    public async Task CancelledRead_LeavesTheStreamUsable()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        await using var reader = new FdStream(read);
        using (write)
        {
            using var cancel = new CancellationTokenSource();
            ValueTask<int> pending = reader.ReadAsync(new byte[4], cancel.Token);
            await cancel.CancelAsync();
            OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.AsTask());
            Assert.Equal(cancel.Token, error.CancellationToken);
            pending = reader.ReadAsync(new byte[4], Token);
            write.Write("hi"u8);
            Assert.Equal(2, await pending);
        }
    }

    [Fact]
    public async Task Dispose_EndsAPendingRead_AndClosesTheDescriptor()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (write)
        {
            var reader = new FdStream(read);
            ValueTask<int> pending = reader.ReadAsync(new byte[4], Token);
            await reader.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => pending.AsTask());
            Assert.True(read.IsClosed);
            write.SetNonBlocking(true);
            Assert.Equal(-1, write.TryWrite("x"u8, out Errno error));
            Assert.Equal(Errno.EPIPE, error);
        }
    }

    [Fact]
    public async Task BorrowedDescriptor_StaysOpenAndBlockingAfterDispose()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using (read)
        using (write)
        {
            var reader = new FdStream(read, ownsHandle: false);
            ValueTask<int> pending = reader.ReadAsync(new byte[4], Token);
            await reader.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => pending.AsTask());
            Assert.False(read.IsClosed);
            Assert.False(read.SetNonBlocking(false));
            write.Write("x"u8);
            Assert.Equal(1, read.Read(new byte[4]));
        }
    }

    [Fact]
    public async Task WriteWithoutReader_FailsWithEpipe()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        read.Dispose();
        await using var writer = new FdStream(write);
        IOException error = await Assert.ThrowsAsync<IOException>(() => writer.WriteAsync(new byte[1], Token).AsTask());
        Assert.Equal(Errno.EPIPE, Assert.IsType<SyscallException>(error.InnerException).Errno);
    }

    [Fact]
    public async Task FilesThatCannotBePolled_WorkToo()
    {
        await using var nothing = new FdStream(FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR));
        await nothing.WriteAsync(new byte[10], Token);
        Assert.Equal(0, await nothing.ReadAsync(new byte[10], Token));
        await Reactor.Shared.WaitReadableAsync(nothing.Descriptor, Token);
    }

    [Fact]
    public async Task ManyStreams_TakeNoThreadEach()
    {
        var streams = new List<(FdStream Reader, FileDescriptor Writer)>();
        var reads = new List<Task<int>>();
        int before = Process.GetCurrentProcess().Threads.Count;
        for (int i = 0; i < 300; i++)
        {
            (FileDescriptor read, FileDescriptor write) = Pipes.Create();
            var reader = new FdStream(read);
            streams.Add((reader, write));
            reads.Add(reader.ReadAsync(new byte[4], Token).AsTask());
        }

        Assert.InRange(Process.GetCurrentProcess().Threads.Count - before, int.MinValue, 50);
        foreach ((_, FileDescriptor writer) in streams)
        {
            writer.Write("abcd"u8);
        }

        Assert.All(await Task.WhenAll(reads), count => Assert.Equal(4, count));
        foreach ((FdStream reader, FileDescriptor writer) in streams)
        {
            await reader.DisposeAsync();
            writer.Dispose();
        }
    }

    [Fact]
    public async Task PingPong_SurvivesManyWaitsCancellationsAndReuse()
    {
        (FileDescriptor first, FileDescriptor second) = SocketPair.Create();
        await using var left = new FdStream(first);
        await using var right = new FdStream(second);
        Task echo = Task.Run(
            async () =>
            {
                byte[] one = new byte[1];
                while (await right.ReadAsync(one, Token) == 1)
                {
                    await right.WriteAsync(one, Token);
                }
            },
            Token);
        byte[] buffer = new byte[1];
        for (int i = 0; i < 3000; i++)
        {
            buffer[0] = (byte)i;
            using var cancel = new CancellationTokenSource();
            ValueTask<int> reading = left.ReadAsync(buffer, cancel.Token);
            if (i % 3 == 0)
            {
                await cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask());
                reading = left.ReadAsync(buffer, Token);
            }

            await left.WriteAsync(new[] { (byte)i }, Token);
            Assert.Equal(1, await reading);
            Assert.Equal((byte)i, buffer[0]);
        }

        await left.DisposeAsync();
        await echo;
    }
}
