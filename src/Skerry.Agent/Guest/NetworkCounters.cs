using System.Globalization;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Guest;

/// <summary>Reads the counters of network interfaces out of the text of /proc/net/dev (proc(5)).</summary>
internal static class NetworkCounters
{
    private const int ReceiveColumns = 8;

    /// <summary>One entry per interface, loopback too; lines that are not counters are passed over.</summary>
    public static IReadOnlyList<NetworkStats> Parse(string text)
    {
        var interfaces = new List<NetworkStats>();
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string[] columns = colon < 0 ? [] : line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length >= 2 * ReceiveColumns)
            {
                interfaces.Add(Entry(line[..colon].Trim(), columns));
            }
        }

        return interfaces;
    }

    private static NetworkStats Entry(string name, string[] columns) => new()
    {
        Name = name,
        RxBytes = Count(columns[0]),
        RxPackets = Count(columns[1]),
        RxErrors = Count(columns[2]),
        RxDropped = Count(columns[3]),
        TxBytes = Count(columns[ReceiveColumns]),
        TxPackets = Count(columns[ReceiveColumns + 1]),
        TxErrors = Count(columns[ReceiveColumns + 2]),
        TxDropped = Count(columns[ReceiveColumns + 3]),
    };

    private static ulong Count(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count) ? count : 0;
}
