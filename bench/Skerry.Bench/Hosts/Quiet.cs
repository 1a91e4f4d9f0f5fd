namespace Skerry.Bench.Hosts;

/// <summary>Waits until a number stops changing: a program gives memory back a moment after its work.</summary>
public static class Quiet
{
    private const int SameReadings = 5;
    private const int MostReadings = 40;
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads until five readings in a row, half a second apart, differ by less than <paramref name="tolerance"/>; for 20 s at most.</summary>
    public static async Task WaitAsync(Func<double> read, double tolerance, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_step);
        double before = read();
        for (int same = 0, readings = 0; same < SameReadings && readings < MostReadings; readings++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            double now = read();
            same = Math.Abs(now - before) < tolerance ? same + 1 : 0;
            before = now;
        }
    }
}
