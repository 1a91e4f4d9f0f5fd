using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <content>Freezing, killing, removing.</content>
public sealed partial class CgroupV2
{
    private const int MaxKillRounds = 100;
    private const string FreezeFile = "cgroup.freeze";

    private static readonly TimeSpan BusyRetryInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>True when every process here and beneath stands still.</summary>
    public bool IsFrozen => ReadEvent("frozen");

    /// <summary>True when there is a process here or beneath.</summary>
    public bool IsPopulated => ReadEvent("populated");

    /// <summary>Stops every process here and beneath, and returns when all of them stand still.</summary>
    /// <remarks>A process in an uninterruptible wait delays this: the caller's token sets the limit, then <see cref="ThawAsync"/> undoes.</remarks>
    /// <exception cref="SyscallException">ENOENT: no such cgroup, or the root, which cannot be frozen.</exception>
    public Task FreezeAsync(CancellationToken cancellationToken) => SetFrozenAsync(true, cancellationToken);

    /// <summary>Lets the processes run again, and returns when they do.</summary>
    /// <exception cref="SyscallException">ENOENT: no such cgroup.</exception>
    public Task ThawAsync(CancellationToken cancellationToken) => SetFrozenAsync(false, cancellationToken);

    /// <summary>
    /// Kills every process here and beneath, frozen ones and those being forked included. Nothing happens when there is no such
    /// cgroup. Returns before they have ended: <see cref="WaitEmptyAsync"/>.
    /// </summary>
    /// <exception cref="SkerryException">FailedPrecondition for the root of the hierarchy: that would be everybody.</exception>
    public void KillAll()
    {
        if (!Exists || CgroupFiles.TryWrite(Path, "cgroup.kill", "1", out _))
        {
            return;
        }

        RefuseRoot();
        KillOneByOne();
    }

    /// <summary>Returns when there is no process left here and beneath, at once when there is no such cgroup.</summary>
    public async Task WaitEmptyAsync(CancellationToken cancellationToken)
    {
        using FileWatch? watch = IsPopulated ? TryWatchEvents() : null;
        while (watch is not null && IsPopulated)
        {
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes the cgroup and those beneath, once their processes have ended; nothing happens when there is none.</summary>
    /// <param name="limit">How long to wait for the processes to end.</param>
    /// <param name="cancellationToken">Gives up earlier.</param>
    /// <exception cref="SkerryException">TimedOut, naming the processes that are left.</exception>
    /// <exception cref="SyscallException">rmdir failed for another reason.</exception>
    public async Task RemoveAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            await WaitEmptyAsync(deadline.Token).ConfigureAwait(false);
            Errno error;
            while ((error = RemoveSubtree()) == Errno.EBUSY)
            {
                // Empty a moment ago, so somebody entered or made a child since: look again soon, within the limit.
                await Task.Delay(BusyRetryInterval, deadline.Token).ConfigureAwait(false);
                await WaitEmptyAsync(deadline.Token).ConfigureAwait(false);
            }

            if (error != Errno.None)
            {
                throw new SyscallException("rmdir", $"\"{Path}\"", error);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SkerryException(
                FailureKind.TimedOut,
                $"cgroup \"{Path}\" still holds processes after {limit.TotalSeconds:0.#} s: {string.Join(", ", Processes)}",
                "a process in an uninterruptible wait ends only when its I/O does");
        }
    }

    /// <summary>Null when somebody else has removed the cgroup meanwhile.</summary>
    private FileWatch? TryWatchEvents()
    {
        try
        {
            return FileWatch.Start($"{Path}/{EventsFile}", FileWatchEvents.IN_MODIFY);
        }
        catch (SyscallException error) when (error.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    private Errno RemoveSubtree()
    {
        List<string> directories = Subtree();
        for (int i = directories.Count - 1; i >= 0; i--)
        {
            Errno error = CgroupFiles.RemoveDirectory(directories[i]);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private async Task SetFrozenAsync(bool frozen, CancellationToken cancellationToken)
    {
        using var watch = FileWatch.Start($"{Path}/{EventsFile}", FileWatchEvents.IN_MODIFY);
        CgroupFiles.Write(Path, FreezeFile, frozen ? "1" : "0");
        while (IsFrozen != frozen)
        {
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>For kernels before 5.14. Frozen processes do not fork, so the rounds soon find nobody new.</summary>
    private void KillOneByOne()
    {
        CgroupFiles.TryWrite(Path, FreezeFile, "1", out _);
        var killed = new HashSet<int>();
        for (int round = 0; round < MaxKillRounds; round++)
        {
            int before = killed.Count;
            foreach (int pid in Processes.Where(killed.Add))
            {
                using PidFd? process = PidFd.TryOpen(pid, out _);
                process?.SendSignal(Signals.SIGKILL);
            }

            if (killed.Count == before)
            {
                break;
            }
        }

        CgroupFiles.TryWrite(Path, FreezeFile, "0", out _);
    }

    private void RefuseRoot()
    {
        if (!File.Exists($"{Path}/{EventsFile}"))
        {
            throw new SkerryException(FailureKind.FailedPrecondition, $"\"{Path}\" is the root of a hierarchy, or no cgroup: its processes are not killed");
        }
    }

    private bool ReadEvent(string name) => CgroupFiles.ReadKeyed(Path, EventsFile).GetValueOrDefault(name) == 1;
}
