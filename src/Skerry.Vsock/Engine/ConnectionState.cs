namespace Skerry.Vsock.Engine;

/// <summary>Where a connection stands.</summary>
/// <remarks>
/// <code>
///              REQUEST sent            RESPONSE received
///  (ConnectAsync) ──────► Connecting ───────────────────► Open
///  (REQUEST received, a listener has room: RESPONSE sent) ──► Open
///  Connecting ── RST received, given up, reset of the channel ──► Closed
///  Open ── RST either way, SHUTDOWN of both directions either way, reset of the channel, a broken rule ──► Closed
/// </code>
/// A closed connection is in no table; what had arrived before can still be read.
/// </remarks>
internal enum ConnectionState
{
    /// <summary>We asked; the peer has not answered.</summary>
    Connecting,

    /// <summary>Both sides know of it. Either direction may be shut down already.</summary>
    Open,

    /// <summary>Over.</summary>
    Closed,
}
