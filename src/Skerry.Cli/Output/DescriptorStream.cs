using Skerry.Linux;

namespace Skerry.Cli.Output;

/// <summary>Writes to a descriptor of the process: standard output or standard error.</summary>
/// <remarks>
/// <see cref="Console"/> would send the terminal a sequence of its own and change its settings, which a container's raw terminal
/// must not meet; and a <see cref="FileStream"/> writes to a file at its own offset, over what others write there.
/// </remarks>
internal sealed class DescriptorStream(FileDescriptor descriptor) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
        // Every write reaches the kernel at once.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => descriptor.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => descriptor.Write(buffer);
}
