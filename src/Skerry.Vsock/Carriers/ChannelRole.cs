namespace Skerry.Vsock;

/// <summary>Which side of the channel we are.</summary>
public enum ChannelRole
{
    /// <summary>The host: it starts the handshake and opens connections. Bytes from the other side are hostile.</summary>
    Host,

    /// <summary>The guest: it answers and listens.</summary>
    Guest,
}
