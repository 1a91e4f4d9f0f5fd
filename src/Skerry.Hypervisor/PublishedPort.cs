using System.Globalization;
using System.Net;
using Skerry.Core;

namespace Skerry.Hypervisor;

/// <summary>A port of the host that leads to one of the guest.</summary>
/// <param name="HostAddress">The host's address it is bound to; null for all IPv4 addresses.</param>
/// <param name="HostPort">The port on the host.</param>
/// <param name="GuestPort">The port in the guest.</param>
/// <param name="Udp">UDP instead of TCP.</param>
public sealed record PublishedPort(IPAddress? HostAddress, ushort HostPort, ushort GuestPort, bool Udp)
{
    /// <summary>Reads <c>[ADDRESS:]HOST:GUEST[/tcp|/udp]</c>; an IPv4 address only.</summary>
    /// <exception cref="SkerryException">InvalidArgument with what is accepted.</exception>
    public static PublishedPort Parse(string text)
    {
        string[] halves = text.Split('/');
        string[] parts = halves[0].Split(':');
        IPAddress? address = null;
        bool valid = halves.Length <= 2 && parts.Length is 2 or 3 && (halves.Length == 1 || halves[1] is "tcp" or "udp");
        valid = valid && (parts.Length == 2 || (IPAddress.TryParse(parts[0], out address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork));
        ushort host = 0;
        ushort guest = 0;
        valid = valid && TryParsePort(parts[^2], out host) && TryParsePort(parts[^1], out guest);
        return valid
            ? new PublishedPort(address, host, guest, halves.Length == 2 && halves[1] == "udp")
            : throw new SkerryException(FailureKind.InvalidArgument, $"\"{text}\" publishes no port", "write it as [ADDRESS:]HOST:GUEST[/tcp|/udp], as in 8080:80 or 127.0.0.1:5353:53/udp");
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(HostAddress is null ? string.Empty : $"{HostAddress}:")}{HostPort}:{GuestPort}/{(Udp ? "udp" : "tcp")}");

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
