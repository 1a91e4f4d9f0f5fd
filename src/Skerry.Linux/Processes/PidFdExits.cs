namespace Skerry.Linux;

/// <summary>Waits for each child by its own descriptor: for processes that must not touch children made by others.</summary>
public sealed class PidFdExits : IExitSource
{
    private PidFdExits()
    {
    }

    /// <summary>The one instance: it has no state.</summary>
    public static PidFdExits Shared { get; } = new();

    /// <inheritdoc/>
    public Task<ExitStatus> Track(Func<PidFd> clone) => ReapAsync(clone());

    private static async Task<ExitStatus> ReapAsync(PidFd process)
    {
        bool added = false;
        process.DangerousAddRef(ref added);
        try
        {
            await process.WaitExitAsync(CancellationToken.None).ConfigureAwait(false);
            return WaitId.Reap(process) ?? throw new SyscallException("waitid", $"pid {process.Pid}", Errno.ECHILD, "somebody else reaped our child");
        }
        finally
        {
            process.DangerousRelease();
        }
    }
}
