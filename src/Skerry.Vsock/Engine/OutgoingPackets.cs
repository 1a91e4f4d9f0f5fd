namespace Skerry.Vsock.Engine;

/// <summary>Packets without payload that a connection owes its peer.</summary>
[Flags]
internal enum OutgoingPackets
{
    None = 0,
    Request = 1,
    Response = 2,
    CreditUpdate = 4,
    CreditRequest = 8,

    /// <summary>Sent after all data.</summary>
    Shutdown = 16,
}
