using System.Diagnostics;
using Skerry.Bench.Guests;

namespace Skerry.Bench.Scenarios;

/// <summary>The reference of all starts: file daemon and QEMU started, until the first line of a bare /init is on the console.</summary>
public static class BareBoot
{
    public const string Name = "bare QEMU boot to /init";

    /// <summary>One boot, in milliseconds.</summary>
    public static async Task<double> MeasureAsync(string machineType, string bareInitrd, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await using BareGuest guest = await BareGuest.StartAsync(machineType, bareInitrd, string.Empty, cancellationToken);
        await guest.WaitForInitAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
