using Microsoft.Extensions.Logging;
using Skerry.Linux;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class FifoLogTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-log-").FullName;

    [Fact]
    public void ALogThatNobodyReads_NeverWaits()
    {
        string fifo = MakeFifo();
        using FifoLog log = FifoLog.Open(fifo, LogLevel.Information, TimeProvider.System);
        for (int i = 0; i < 5000; i++)
        {
            Write(log, LogLevel.Information, "a line that is rather long, so that the pipe is full after a while");
        }
    }

    [Fact]
    public void ALine_HasTimeLevelAndQuotedMessage()
    {
        string fifo = MakeFifo();
        using FifoLog log = FifoLog.Open(fifo, LogLevel.Information, TimeProvider.System);
        Write(log, LogLevel.Debug, "hidden");
        Write(log, LogLevel.Warning, "say \"no\"\nnow");
        using FileDescriptor reader = FileDescriptor.Open(fifo, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        byte[] buffer = new byte[4096];
        string text = System.Text.Encoding.UTF8.GetString(buffer, 0, reader.Read(buffer));
        Assert.Matches("^time=\"[0-9T:.-]+Z\" level=warning msg=\"say \\\\\"no\\\\\"\\\\nnow\" event=0\n$", text);
    }

    [Fact]
    public void AMissingFifo_IsNoError()
    {
        using FifoLog log = FifoLog.Open(Path.Combine(_directory, "none"), LogLevel.Trace, TimeProvider.System);
        Assert.False(log.IsEnabled(LogLevel.Critical));
        Write(log, LogLevel.Critical, "x");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Write(FifoLog log, LogLevel level, string text) => log.Log(level, default, text, null, static (state, _) => state);

    private string MakeFifo()
    {
        string path = Path.Combine(_directory, "log");
        Fifos.Make(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
