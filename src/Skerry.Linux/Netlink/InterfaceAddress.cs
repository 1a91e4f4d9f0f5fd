using System.Net;

namespace Skerry.Linux.Netlink;

/// <summary>An IP address of an interface.</summary>
/// <param name="LinkIndex">The interface.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits of the network.</param>
/// <param name="Scope">RT_SCOPE_ number: 0 is global, 253 the link, 254 the host.</param>
public sealed record InterfaceAddress(int LinkIndex, IPAddress Address, int PrefixLength, byte Scope = 0);
