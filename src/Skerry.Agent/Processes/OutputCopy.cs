using Skerry.Vsock;

namespace Skerry.Agent.Processes;

/// <summary>Where an output is copied to. Without a reader, or after it has gone, bytes are thrown away, so that the process neither blocks nor dies of it.</summary>
internal sealed class OutputCopy(VsockStream? destination)
{
    private VsockStream? _reader = destination;

    /// <summary>Hands bytes on, waiting for the reader's credit.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_reader is not { } reader)
        {
            return;
        }

        try
        {
            await reader.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (IOException)
        {
            _reader = null;
        }
    }
}
