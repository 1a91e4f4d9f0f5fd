namespace Skerry.Linux;

/// <summary>Why a child did not get to run its program.</summary>
/// <param name="Stage">Where it failed.</param>
/// <param name="Errno">The error of the call that failed.</param>
/// <param name="Subject">What was being done to what, ready to print.</param>
public sealed record SpawnFailure(SpawnStage Stage, Errno Errno, string Subject)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Subject}: {SyscallException.Describe(Errno)}";
}
