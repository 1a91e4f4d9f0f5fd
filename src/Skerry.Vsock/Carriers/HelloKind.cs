namespace Skerry.Vsock.Carriers;

/// <summary>Frames of the handshake on a serial port.</summary>
internal enum HelloKind : uint
{
    /// <summary>Host to guest: a session with this nonce begins; whatever was before is over.</summary>
    Hello = 1,

    /// <summary>Guest to host: the session with this nonce has begun; packets follow.</summary>
    Welcome = 2,

    /// <summary>Guest to host: the port was opened, a hello is awaited. The nonce is zero.</summary>
    Ready = 3,
}
