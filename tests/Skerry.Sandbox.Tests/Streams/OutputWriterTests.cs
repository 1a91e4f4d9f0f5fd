using System.Text;
using Skerry.Linux;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Streams;

/// <summary>Outputs whose disk is full or whose reader has gone.</summary>
public sealed class OutputWriterTests : IDisposable
{
    private const int Page = 4096;
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-output-").FullName;
    private readonly RecordedLog _log = new();
    private bool _mounted;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string LogFile => Path.Combine(_directory, "out.log");

    [Fact]
    public async Task AFullDisk_IsToldOnce_AndWrittenAgainWhenThereIsRoom()
    {
        MountFull("size=8k");
        await using OutputSink sink = OutputSink.OpenFile(LogFile);
        var writer = new OutputWriter(sink, "c1", "stdout", _log);
        string filler = Path.Combine(_directory, "filler");
        File.WriteAllBytes(filler, new byte[Page]);
        await writer.WriteAsync(new byte[Page], Token);
        await writer.WriteAsync(Encoding.ASCII.GetBytes("lost"), Token);
        await writer.WriteAsync(Encoding.ASCII.GetBytes("lost too"), Token);
        File.Delete(filler);
        await writer.WriteAsync(Encoding.ASCII.GetBytes("kept"), Token);
        await writer.CompleteAsync();
        Assert.Equal(new string('\0', Page) + "kept", await File.ReadAllTextAsync(LogFile, Token));
        string[] lines = [.. _log.Lines];
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"Error c1: stdout cannot be written to file \"{LogFile}\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("ENOSPC", lines[0], StringComparison.Ordinal);
        Assert.Equal($"Warning c1: up to 12 bytes of stdout were lost on the way to file \"{LogFile}\"", lines[1]);
    }

    [Fact]
    public async Task AReaderThatHasGone_IsToldOnce_AndNotTriedAgain()
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        read.Dispose();
        await using OutputSink sink = OutputSink.To(write, "log program \"/bin/x\"");
        var writer = new OutputWriter(sink, "c1", "stderr", _log);
        await writer.WriteAsync(new byte[10], Token);
        await writer.WriteAsync(new byte[20], Token);
        await writer.CompleteAsync();
        Assert.Collection(
            _log.Lines,
            line => Assert.Contains("stderr cannot be written to log program \"/bin/x\"", line, StringComparison.Ordinal),
            line => Assert.Contains("up to 30 bytes of stderr", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsWritten_IsNoWordInTheLog()
    {
        await using OutputSink sink = OutputSink.OpenFile(LogFile);
        var writer = new OutputWriter(sink, "c1", "stdout", _log);
        await writer.WriteAsync(Encoding.ASCII.GetBytes("all"), Token);
        await writer.CompleteAsync();
        Assert.Equal("all", await File.ReadAllTextAsync(LogFile, Token));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void ADiskWithoutRoomForTheFile_FailsWithItsName()
    {
        MountFull("nr_inodes=1");
        SyscallException error = Assert.Throws<SyscallException>(() => OutputSink.OpenFile(LogFile));
        Assert.Equal(Errno.ENOSPC, error.Errno);
        Assert.Contains(LogFile, error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (_mounted)
        {
            Mounts.Unmount(_directory, UnmountFlags.MNT_DETACH);
        }

        Directory.Delete(_directory, recursive: true);
    }

    private void MountFull(string options)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to mount a small tmpfs");
        Mounts.Mount("tmpfs", _directory, "tmpfs", MountFlags.None, options);
        _mounted = true;
    }
}
