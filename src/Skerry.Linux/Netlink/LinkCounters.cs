namespace Skerry.Linux.Netlink;

/// <summary>What a network interface has counted since it was made.</summary>
/// <param name="ReceivedPackets">Packets received.</param>
/// <param name="SentPackets">Packets sent.</param>
/// <param name="ReceivedBytes">Bytes received.</param>
/// <param name="SentBytes">Bytes sent.</param>
/// <param name="ReceiveErrors">Bad packets received.</param>
/// <param name="SendErrors">Packets that could not be sent.</param>
/// <param name="ReceiveDropped">Packets received and dropped.</param>
/// <param name="SendDropped">Packets dropped before sending.</param>
public readonly record struct LinkCounters(
    ulong ReceivedPackets,
    ulong SentPackets,
    ulong ReceivedBytes,
    ulong SentBytes,
    ulong ReceiveErrors,
    ulong SendErrors,
    ulong ReceiveDropped,
    ulong SendDropped);
