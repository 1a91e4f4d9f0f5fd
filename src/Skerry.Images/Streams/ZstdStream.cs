using System.Diagnostics;

namespace Skerry.Images.Streams;

/// <summary>Decompresses Zstandard with the zstd program: the framework does not know the format, and no package of ours has it.</summary>
/// <remarks>One task feeds the program while the caller reads its output; both end together.</remarks>
internal sealed class ZstdStream : ForwardStream
{
    private readonly Process _program;
    private readonly Stream _output;
    private readonly Task _feeding;
    private readonly Task<string> _complaints;
    private bool _disposed;

    internal ZstdStream(Stream source)
    {
        _program = Tool.Start("zstd", ["--decompress", "--stdout", "--quiet"], "zstd", "unpack a layer compressed with zstd");
        _output = _program.StandardOutput.BaseStream;
        _complaints = _program.StandardError.ReadToEndAsync();
        _feeding = Task.Run(() => Feed(source));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = _output.Read(buffer);
        if (count == 0 && buffer.Length > 0)
        {
            CheckEnd();
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            if (!_program.HasExited)
            {
                _program.Kill();
            }

            // The feeder stops at the broken pipe; it must not read the source any more once we return.
            ((IAsyncResult)_feeding).AsyncWaitHandle.WaitOne();
            _program.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Feed(Stream source)
    {
        try
        {
            using Stream input = _program.StandardInput.BaseStream;
            source.CopyTo(input);
        }
        catch (IOException error) when (error.InnerException is null || _program.HasExited)
        {
            // The program ended early; its exit code and its own words say why.
            return;
        }
    }

    private void CheckEnd()
    {
        _program.WaitForExit();
        _feeding.GetAwaiter().GetResult();
        if (_program.ExitCode != 0)
        {
            throw ImageException.Bad($"zstd cannot decompress the layer: {_complaints.GetAwaiter().GetResult().Trim()}");
        }
    }
}
