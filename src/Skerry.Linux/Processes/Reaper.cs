using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>
/// Owns every wait of a PID 1 (or child subreaper): one thread reaps whatever ends, hands the status of a tracked child to its task, and
/// drops that of an orphan.
/// </summary>
/// <remarks>
/// An ended child is first seen without being reaped, so its pid cannot be used again; it is reaped under the lock that
/// <see cref="Track"/> holds from before the clone until the child is known. So no exit is lost and none is handed to the wrong task.
/// </remarks>
public sealed partial class Reaper : IExitSource
{
    private const int StackSizeBytes = 256 * 1024;

    /// <summary>Guards the two fields below; an object, since the thread waits on it.</summary>
    private readonly object _lock = new();
    private readonly Dictionary<int, TaskCompletionSource<ExitStatus>> _children = [];
    private bool _trackedNew;
    private long _orphans;

    private readonly PosixSignalRegistration _silenced;

    private Reaper() => _silenced = SilenceRuntime();

    /// <summary>Orphans reaped so far.</summary>
    public long Orphans => Interlocked.Read(ref _orphans);

    /// <summary>Starts reaping, for the rest of the process's life. Only one may be started, and nothing else may wait for children.</summary>
    public static Reaper Start()
    {
        var reaper = new Reaper();
        new Thread(reaper.Run, StackSizeBytes) { IsBackground = true, Name = "skerry-reaper" }.Start();
        return reaper;
    }

    /// <inheritdoc/>
    public Task<ExitStatus> Track(Func<PidFd> clone)
    {
        var exit = new TaskCompletionSource<ExitStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _children.Add(clone().Pid, exit);
            _trackedNew = true;
            Monitor.Pulse(_lock);
        }

        return exit.Task;
    }

    /// <summary>
    /// As PID 1 the runtime reaps every child itself on SIGCHLD, as soon as anything (a console on a terminal, a signal registration) makes
    /// it install its handler. So it is made to install it now, which it does once only, and the handler is taken away again.
    /// </summary>
    private static PosixSignalRegistration SilenceRuntime()
    {
        PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => { });
        int result = Native.DefaultSignal(Signals.SIGCHLD);
        return result == 0 ? registration : throw new SyscallException("sigaction", "SIGCHLD", (Errno)(-result));
    }

    private void Run()
    {
        while (true)
        {
            int pid = WaitId.AnyEnded();
            if (pid == 0)
            {
                WaitForAChild();
            }
            else
            {
                HandOver(pid);
            }
        }
    }

    /// <summary>Without any child, orphans cannot appear either: they come from descendants.</summary>
    private void WaitForAChild()
    {
        lock (_lock)
        {
            while (!_trackedNew)
            {
                Monitor.Wait(_lock);
            }

            _trackedNew = false;
        }
    }

    private void HandOver(int pid)
    {
        TaskCompletionSource<ExitStatus>? exit;
        ExitStatus? status;
        lock (_lock)
        {
            status = WaitId.Reap(pid);
            _children.Remove(pid, out exit);
        }

        if (exit is null)
        {
            Interlocked.Increment(ref _orphans);
            return;
        }

        exit.SetResult(status ?? throw new SyscallException("waitid", $"pid {pid}", Errno.ECHILD, "something besides the reaper waits for children"));
    }

    private static partial class Native
    {
        [LibraryImport("skerry_native", EntryPoint = "skerry_default_signal")]
        internal static partial int DefaultSignal(int number);
    }
}
