using System.Globalization;
using System.Text;

namespace Skerry.Vsock.Hybrid;

/// <summary>The lines at the start of a connection to a sandbox's unix socket: <c>CONNECT port</c>, <c>OK port</c>. No I/O.</summary>
/// <remarks>As Firecracker (docs/vsock.md, "Host-Initiated Connections") and Cloud Hypervisor speak it.</remarks>
internal static class HybridHandshake
{
    /// <summary>The longest line, in bytes, its newline included.</summary>
    internal const int MaxLine = 32;

    /// <summary>The request to connect to a guest's port.</summary>
    internal static byte[] Connect(uint port) => Encoding.ASCII.GetBytes($"CONNECT {port}\n");

    /// <summary>The answer that names the port on the host.</summary>
    internal static byte[] Ok(uint port) => Encoding.ASCII.GetBytes($"OK {port}\n");

    /// <summary>Reads a request, without its newline. Kata's Rust runtime writes it in small letters.</summary>
    internal static bool TryReadConnect(ReadOnlySpan<byte> line, out uint port) => TryRead(line, "CONNECT "u8, out port);

    /// <summary>Reads an answer, without its newline.</summary>
    internal static bool TryReadOk(ReadOnlySpan<byte> line, out uint port) => TryRead(line, "OK "u8, out port);

    private static bool TryRead(ReadOnlySpan<byte> line, ReadOnlySpan<byte> verb, out uint port)
    {
        port = 0;
        return line.Length > verb.Length
            && Ascii.EqualsIgnoreCase(line[..verb.Length], verb)
            && uint.TryParse(line[verb.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out port);
    }
}
