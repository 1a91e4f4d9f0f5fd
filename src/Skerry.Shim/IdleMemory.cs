using Skerry.Linux;

namespace Skerry.Shim;

/// <summary>
/// Gives back what starting a container took and waiting for its end does not need: garbage, and the program's pages that only
/// ran once. A node has one shim per sandbox, and most of a shim's life is waiting.
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private readonly Timer _timer = new(static _ => Trim());

    /// <summary>Trims after a second in which this was not called again.</summary>
    internal void Request() => _timer.Change(Quiet, Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static void Trim()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProcessMemory.DropUnusedCode();
    }
}
