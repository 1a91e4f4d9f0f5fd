using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// Leave to boot a machine. Booting is nearly all processor time: twenty machines at once on two processors all take the time
/// of twenty, and miss their limit together. So only as many boot at a time as there are processors; the others wait.
/// </summary>
/// <remarks>
/// A slot is a lock on a file below the state root, so that it is free again whatever becomes of its holder. The file is removed with
/// the slot; one that a killed holder left is taken over by the next boot.
/// </remarks>
internal sealed class BootSlot : IDisposable
{
    private const int FewestSlots = 2;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
    private readonly FileLock _lock;

    private BootSlot(FileLock held) => _lock = held;

    /// <summary>Waits for a slot of the host.</summary>
    /// <param name="root">The directory of all sandboxes.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task<BootSlot> TakeAsync(string root, TimeProvider clock, CancellationToken cancellationToken)
    {
        int slots = Math.Max(FewestSlots, Environment.ProcessorCount);
        while (true)
        {
            for (int i = 0; i < slots; i++)
            {
                if (FileLock.TryTakeTemporary(Path.Combine(root, $".boot-{i}.lock")) is { } free)
                {
                    return new BootSlot(free);
                }
            }

            await Task.Delay(LookInterval, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
