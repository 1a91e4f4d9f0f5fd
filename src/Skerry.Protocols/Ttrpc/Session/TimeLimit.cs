namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>Reads the limit of a call.</summary>
internal static class TimeLimit
{
    /// <summary>The longest limit that a timer takes; a longer one counts as none.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    /// <summary>Nanoseconds as a limit: null for zero, less than zero, or more than a timer takes. Rounded up to 100 ns.</summary>
    internal static TimeSpan? FromNanoseconds(long nanoseconds)
    {
        if (nanoseconds <= 0)
        {
            return null;
        }

        var limit = TimeSpan.FromTicks(((nanoseconds - 1) / TimeSpan.NanosecondsPerTick) + 1);
        return limit > Longest ? null : limit;
    }
}
