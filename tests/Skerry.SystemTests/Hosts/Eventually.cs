using System.Diagnostics;

namespace Skerry.SystemTests.Hosts;

/// <summary>Waits for something that becomes true soon, with a limit; for states that nothing announces.</summary>
public static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan end = limit ?? TimeSpan.FromSeconds(120);
        while (!condition())
        {
            await StepAsync(clock, end, what);
        }
    }

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan end = limit ?? TimeSpan.FromSeconds(120);
        while (!await condition())
        {
            await StepAsync(clock, end, what);
        }
    }

    private static Task StepAsync(Stopwatch clock, TimeSpan end, string what) => clock.Elapsed < end
        ? Task.Delay(Step)
        : throw new HostException($"after {end.TotalSeconds} s still not: {what}");
}
