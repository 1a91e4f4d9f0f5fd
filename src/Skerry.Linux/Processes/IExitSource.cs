namespace Skerry.Linux;

/// <summary>Who waits for children: <see cref="PidFdExits"/> in an ordinary process, <see cref="Reaper"/> in PID 1.</summary>
public interface IExitSource
{
    /// <summary>Makes a child and watches it from its first moment: no exit is lost between the two.</summary>
    /// <param name="clone">Makes the child; called once, on the calling thread, and may throw.</param>
    /// <returns>Completes when the child has ended and has been reaped.</returns>
    Task<ExitStatus> Track(Func<PidFd> clone);
}
