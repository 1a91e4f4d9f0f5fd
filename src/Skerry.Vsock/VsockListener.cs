using System.Threading.Channels;
using Skerry.Vsock.Engine;

namespace Skerry.Vsock;

/// <summary>A port that is listened on. It outlives resets of the channel.</summary>
public sealed class VsockListener : IDisposable
{
    private readonly VsockEngine _engine;
    private readonly Channel<EngineStream> _waiting;

    internal VsockListener(VsockEngine engine, uint port, int backlog)
    {
        _engine = engine;
        Port = port;

        // A full backlog refuses the peer's request: TryWrite returns false.
        _waiting = Channel.CreateBounded<EngineStream>(backlog);
    }

    /// <summary>The port.</summary>
    public uint Port { get; }

    /// <summary>Waits for a connection. One that was reset while it waited is passed over.</summary>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public async Task<VsockStream> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            EngineStream stream;
            do
            {
                stream = await _waiting.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            while (stream.WasReset);
            return stream;
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(VsockListener));
        }
    }

    /// <summary>Ends listening; connections that nobody accepted are closed.</summary>
    public void Dispose()
    {
        _engine.Unlisten(this);
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out EngineStream? stream))
        {
            stream.Dispose();
        }
    }

    /// <summary>Offers a connection; false when the backlog is full or nobody listens any more.</summary>
    internal bool TryOffer(EngineStream stream) => _waiting.Writer.TryWrite(stream);
}
