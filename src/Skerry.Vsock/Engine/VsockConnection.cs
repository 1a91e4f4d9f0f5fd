using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Engine;

/// <summary>The state of one connection. Guarded by the engine's lock; only the engine changes it.</summary>
internal sealed class VsockConnection
{
    internal VsockConnection(VsockEngine engine, uint localPort, uint peerPort, uint bufferBytes, ConnectionState state)
    {
        LocalPort = localPort;
        PeerPort = peerPort;
        State = state;
        ReceiveCredit = new ReceiveCredit(bufferBytes);
        Read = new StreamOperation(engine, this);
        Write = new StreamOperation(engine, this);
    }

    internal uint LocalPort { get; }

    internal uint PeerPort { get; }

    /// <summary>The key of the table: both ports.</summary>
    internal ulong Key => KeyOf(LocalPort, PeerPort);

    internal ConnectionState State { get; set; }

    /// <summary>Why it was reset; null after an orderly end.</summary>
    internal string? ResetReason { get; set; }

    /// <summary>True after Dispose: nobody reads or writes any more.</summary>
    internal bool IsDisposed { get; set; }

    /// <summary>What we will not do any more.</summary>
    internal VsockShutdown LocalShutdown { get; set; }

    /// <summary>What the peer will not do any more.</summary>
    internal VsockShutdown PeerShutdown { get; set; }

    /// <summary>Packets owed to the peer.</summary>
    internal OutgoingPackets Outgoing { get; set; }

    /// <summary>True while it stands in the queue of connections that have something to send.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>True when the peer was asked for credit since it last gave some.</summary>
    internal bool IsCreditRequested { get; set; }

    internal ReceiveCredit ReceiveCredit;

    internal SendCredit SendCredit;

    /// <summary>What has arrived and is not read.</summary>
    internal ByteQueue Received { get; } = new();

    internal StreamOperation Read { get; }

    internal StreamOperation Write { get; }

    /// <summary>Completes when the peer has answered our request; null for a connection that the peer opened.</summary>
    internal TaskCompletionSource? Connected { get; init; }

    internal bool PeerSends => (PeerShutdown & VsockShutdown.VIRTIO_VSOCK_SHUTDOWN_F_SEND) == 0;

    internal bool PeerReceives => (PeerShutdown & VsockShutdown.VIRTIO_VSOCK_SHUTDOWN_F_RECEIVE) == 0;

    internal bool Sends => (LocalShutdown & VsockShutdown.VIRTIO_VSOCK_SHUTDOWN_F_SEND) == 0;

    /// <summary>True when bytes wait and the peer has room for them.</summary>
    internal bool CanSendData => State == ConnectionState.Open && Write.IsPending && SendCredit.Available > 0;

    /// <summary>True when a packet can be sent now.</summary>
    internal bool HasOutput =>
        CanSendData || (Outgoing & ~OutgoingPackets.Shutdown) != 0 || ((Outgoing & OutgoingPackets.Shutdown) != 0 && !Write.IsPending);

    internal static ulong KeyOf(uint localPort, uint peerPort) => ((ulong)localPort << 32) | peerPort;
}
