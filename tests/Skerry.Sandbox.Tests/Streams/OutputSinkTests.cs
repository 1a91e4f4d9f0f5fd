using System.Text;
using Skerry.Linux;

namespace Skerry.Sandbox.Tests.Streams;

public sealed class OutputSinkTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-output-").FullName;
    private readonly string _path;

    public OutputSinkTests()
    {
        _path = Path.Combine(_directory, "stdout");
        Fifos.Make(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("said\n")]
    public async Task AReaderThatOpensAfterTheEnd_ReadsEverything_AndTheEnd(string text)
    {
        await using OutputSink sink = OutputSink.OpenFifo(_path);
        await sink.WriteAsync(Encoding.UTF8.GetBytes(text), Token);
        await sink.CompleteAsync();
        Assert.Equal(text, await ReadToEndAsync().WaitAsync(Soon, Token));
    }

    [Fact]
    public async Task AReaderThatWaitsInItsOpen_ReadsTheEnd_AlsoOfAFifoWithoutAName()
    {
        await using OutputSink sink = OutputSink.OpenFifo(_path);
        await sink.WriteAsync("x"u8.ToArray(), Token);
        using FileDescriptor place = FileDescriptor.Open(_path, OpenFlags.O_PATH);
        File.Delete(_path);
        await sink.CompleteAsync();
        Assert.Equal("x", await Task.Run(() => File.ReadAllText(place.ProcPath), Token).WaitAsync(Soon, Token));
    }

    [Fact]
    public async Task WhatOneReaderLeaves_TheNextOneReads()
    {
        await using OutputSink sink = OutputSink.OpenFifo(_path);
        using (FileDescriptor.Open(_path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK))
        {
            await sink.WriteAsync("kept"u8.ToArray(), Token);
            await sink.CompleteAsync();
        }

        using FileDescriptor next = FileDescriptor.Open(_path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        byte[] buffer = new byte[16];
        Assert.Equal("kept", Encoding.UTF8.GetString(buffer, 0, next.Read(buffer)));
    }

    [Fact]
    public async Task ASinkThatNobodyReads_IsDisposed()
    {
        OutputSink sink = OutputSink.OpenFifo(_path);
        await sink.CompleteAsync();
        await sink.DisposeAsync().AsTask().WaitAsync(Soon, Token);
        Assert.Null(FileDescriptor.TryOpen(_path, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, 0, out Errno error));
        Assert.Equal(Errno.ENXIO, error);
    }

    // A manager's open waits for a writer, so it has a thread of its own.
    private Task<string> ReadToEndAsync() => Task.Run(() => File.ReadAllText(_path), Token);
}
