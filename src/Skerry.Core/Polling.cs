namespace Skerry.Core;

/// <summary>Looks for something that others make in their own time, where nothing tells of it.</summary>
public static class Polling
{
    /// <summary>What <paramref name="find"/> finds, now or within <paramref name="limit"/>; null when it does not.</summary>
    /// <remarks>The first look is free: a first timer costs a start under TCG 30 ms and more.</remarks>
    public static async Task<T?> FindAsync<T>(Func<T?> find, TimeSpan interval, TimeSpan limit, CancellationToken cancellationToken)
        where T : class
    {
        if (find() is { } there)
        {
            return there;
        }

        long start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(interval);
        while (TimeProvider.System.GetElapsedTime(start) < limit && await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            if (find() is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
