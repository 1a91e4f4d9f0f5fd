namespace Skerry.Vsock.Engine;

/// <summary>Who we are, and the limits of an engine.</summary>
internal sealed record VsockEngineOptions
{
    /// <summary>The context id of the host, in every machine (VMADDR_CID_HOST).</summary>
    internal const ulong HostCid = 2;

    /// <summary>The context id of the guest on a channel that reaches only one guest.</summary>
    internal const ulong GuestCid = 3;

    internal required ulong LocalCid { get; init; }

    internal required ulong PeerCid { get; init; }

    /// <summary>The receive buffer of each connection, in bytes: what the peer may send before we must have read some.</summary>
    internal uint BufferBytes { get; init; } = 256 << 10;

    /// <summary>The most connections at once, whoever opens them.</summary>
    internal int MaxConnections { get; init; } = 1024;

    /// <summary>The most payload put into one packet, in bytes.</summary>
    internal int MaxPayload { get; init; } = (16 << 10) - 44;
}
