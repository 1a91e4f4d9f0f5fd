using System.Text;

namespace Skerry.Linux.Netlink;

/// <summary>What the kernel says about a device that came, went or changed.</summary>
/// <param name="Action">"add", "remove", "change", "move", "online", "offline", "bind" or "unbind".</param>
/// <param name="DevicePath">The device below /sys, beginning with a slash.</param>
/// <param name="Properties">Everything by name, as SUBSYSTEM, DEVNAME, MAJOR, MINOR, INTERFACE.</param>
public sealed record Uevent(string Action, string DevicePath, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>Far above UEVENT_NUM_ENVP (64) of lib/kobject_uevent.c.</summary>
    private const int MaxProperties = 256;

    /// <summary>The device's class or bus, as "block" or "net"; empty when it has none.</summary>
    public string Subsystem => Properties.GetValueOrDefault("SUBSYSTEM") ?? string.Empty;

    /// <summary>The name below /dev, as "vda"; empty when there is none.</summary>
    public string DeviceName => Properties.GetValueOrDefault("DEVNAME") ?? string.Empty;

    /// <summary>
    /// Reads a datagram: <c>action@path</c>, then <c>NAME=value</c>, each ended by a zero byte. Null for anything else, as for the
    /// messages udev sends to its own listeners.
    /// </summary>
    internal static Uevent? Parse(ReadOnlySpan<byte> datagram)
    {
        int end = datagram.IndexOf((byte)0);
        int at = end < 0 ? -1 : datagram[..end].IndexOf((byte)'@');
        if (at <= 0 || at + 1 >= end || datagram[at + 1] != (byte)'/')
        {
            return null;
        }

        string action = Encoding.UTF8.GetString(datagram[..at]);
        string path = Encoding.UTF8.GetString(datagram[(at + 1)..end]);
        return new Uevent(action, path, ParseProperties(datagram[(end + 1)..]));
    }

    private static Dictionary<string, string> ParseProperties(ReadOnlySpan<byte> text)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!text.IsEmpty && properties.Count < MaxProperties)
        {
            int end = text.IndexOf((byte)0);
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            int equals = line.IndexOf((byte)'=');
            if (equals > 0)
            {
                properties[Encoding.UTF8.GetString(line[..equals])] = Encoding.UTF8.GetString(line[(equals + 1)..]);
            }
        }

        return properties;
    }
}
