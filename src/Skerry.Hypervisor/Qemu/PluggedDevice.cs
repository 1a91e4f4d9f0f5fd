using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <summary>A device in a slot, from before QEMU is told of it until it is gone and what was behind it, too.</summary>
/// <param name="card">QEMU's name of the device.</param>
/// <param name="what">What messages call it.</param>
/// <param name="slot">Its slot.</param>
internal sealed class PluggedDevice(string card, string what, int slot)
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string Card => card;

    internal string What => what;

    internal int Slot => slot;

    /// <summary>What QEMU holds for the device, undone when it is gone.</summary>
    internal RollbackStack Behind { get; } = new();

    /// <summary>QEMU was told to make the device.</summary>
    internal bool MayExist { get; set; }

    /// <summary>QEMU has asked the guest to let go of it.</summary>
    internal bool IsAskedFor { get; set; }

    /// <summary>Completes when QEMU has the device no longer.</summary>
    internal Task Gone => _gone.Task;

    /// <summary>Completes after <see cref="Gone"/>, when its slot is free, with what could not be undone.</summary>
    internal Task<IReadOnlyList<Exception>> Freed { get; set; } = Task.FromResult<IReadOnlyList<Exception>>([]);

    /// <summary>Takes note that QEMU has it no longer.</summary>
    internal void MarkGone() => _gone.TrySetResult();
}
