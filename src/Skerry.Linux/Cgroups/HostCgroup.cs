using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <summary>
/// One cgroup of a host: a directory of the same path in each hierarchy that is mounted. Where a hierarchy is missing or refuses,
/// the others do what they can.
/// </summary>
/// <remarks>
/// On a hybrid host the processes are in the unified hierarchy too, which limits nothing there, but kills a whole cgroup at once
/// and tells when it is empty.
/// </remarks>
public sealed partial class HostCgroup
{
    private readonly IReadOnlyList<CgroupHierarchy> _v1;
    private readonly CgroupV2? _unified;
    private readonly Stack<string> _created = new();

    internal HostCgroup(IReadOnlyList<CgroupHierarchy> v1, string? unified, string relativePath)
    {
        _v1 = v1;
        _unified = unified is null ? null : new CgroupV2($"{unified}/{relativePath}");
        RelativePath = relativePath;
    }

    /// <summary>The path below the roots of the hierarchies.</summary>
    public string RelativePath { get; }

    /// <summary>The directories that exist, one by hierarchy.</summary>
    public IReadOnlyList<string> Directories => [.. AllDirectories().Where(Directory.Exists)];

    /// <summary>The cgroup.procs files of the directories that exist: a process writes "0" to each in order to enter.</summary>
    public IReadOnlyList<string> ProcsFiles => [.. Directories.Select(directory => directory + "/cgroup.procs")];

    /// <summary>The processes, by pid, in any of the hierarchies.</summary>
    public IReadOnlyList<int> Processes => [.. Directories.SelectMany(CgroupFiles.Processes).Concat(_unified?.Processes ?? []).Distinct()];

    /// <summary>Makes the directories, and those missing above them.</summary>
    /// <exception cref="SkerryException">HostDenied when no hierarchy lets us; the first refusal is its cause.</exception>
    public void Create()
    {
        SkerryException? refusal = null;
        int made = 0;
        foreach (string directory in AllDirectories())
        {
            try
            {
                CreateIn(directory);
                made++;
            }
            catch (SkerryException error)
            {
                refusal ??= error;
            }
        }

        if (made == 0)
        {
            throw new SkerryException(FailureKind.HostDenied, $"cannot make cgroup \"{RelativePath}\" in any hierarchy", "run as root, with cgroups mounted", refusal);
        }
    }

    /// <summary>Moves a process into every hierarchy.</summary>
    /// <exception cref="SyscallException">ESRCH: no such process. Other refusals of one hierarchy are passed over when another takes it.</exception>
    public void AddProcess(int pid)
    {
        int taken = 0;
        Errno refusal = Errno.ENOENT;
        foreach (string directory in Directories)
        {
            if (CgroupFiles.TryWrite(directory, "cgroup.procs", CgroupConversions.Number(pid), out Errno error))
            {
                taken++;
            }
            else
            {
                refusal = error;
            }
        }

        if (taken == 0 || refusal == Errno.ESRCH)
        {
            throw new SyscallException("write", $"pid {pid} to cgroup \"{RelativePath}\"", refusal);
        }
    }

    /// <summary>
    /// Moves one thread, apart from the other threads of its process, into the hierarchies of version 1, except those of memory, which
    /// belongs to a process as a whole, and those that limit nothing. Threads of a process cannot be in several cgroups of version 2.
    /// </summary>
    /// <exception cref="SyscallException">ESRCH: no such thread. Other refusals of one hierarchy are passed over when another takes it.</exception>
    public void AddThread(int tid)
    {
        int taken = 0;
        Errno refusal = Errno.ENOENT;
        foreach (CgroupHierarchy hierarchy in _v1.Where(hierarchy => !hierarchy.IsNamed && !hierarchy.Controllers.Contains("memory")))
        {
            bool moved = CgroupFiles.TryWrite($"{hierarchy.MountPoint}/{RelativePath}", "tasks", CgroupConversions.Number(tid), out Errno error);
            taken += moved ? 1 : 0;
            refusal = moved ? refusal : error;
        }

        if (taken == 0 || refusal == Errno.ESRCH)
        {
            throw new SyscallException("write", $"thread {tid} to cgroup \"{RelativePath}\"", refusal);
        }
    }

    /// <summary>Kills every process; returns before they have ended.</summary>
    public void KillAll()
    {
        if (_unified is { Exists: true })
        {
            _unified.KillAll();
        }

        var killed = new HashSet<int>();
        for (int round = 0, before = -1; round < MaxKillRounds && before != killed.Count; round++)
        {
            before = killed.Count;
            foreach (int pid in Processes.Where(killed.Add))
            {
                using PidFd? process = PidFd.TryOpen(pid, out _);
                process?.SendSignal(Signals.SIGKILL);
            }
        }
    }

    /// <summary>
    /// Waits for the processes to end, removes the directories, and of those above them the ones <see cref="Create"/> of this object
    /// made, when they are empty. Nothing happens when there are none.
    /// </summary>
    /// <exception cref="SkerryException">TimedOut, naming the processes that are left.</exception>
    public async Task RemoveAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            await WaitEmptyAsync(deadline.Token).ConfigureAwait(false);
            foreach (string directory in Directories)
            {
                await RemoveTreeAsync(directory, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SkerryException(
                FailureKind.TimedOut, $"cgroup \"{RelativePath}\" still holds processes after {limit.TotalSeconds:0.#} s: {string.Join(", ", Processes)}");
        }

        RemoveCreatedParents();
    }

    /// <summary>Removes what <see cref="Create"/> made, at once, as far as nobody is in it.</summary>
    public void RemoveEmpty()
    {
        foreach (string directory in Directories)
        {
            CgroupFiles.RemoveDirectory(directory);
        }

        RemoveCreatedParents();
    }

    /// <summary>Removes the cgroup above this one, if that is empty: for one that several share, of whom the last one removes it.</summary>
    public void RemoveEmptyParent()
    {
        foreach (string directory in AllDirectories())
        {
            CgroupFiles.RemoveDirectory(Path.GetDirectoryName(directory)!);
        }
    }

    private const int MaxKillRounds = 100;
    private const int MaxCreateRounds = 10;

    private static readonly TimeSpan BusyRetryInterval = TimeSpan.FromMilliseconds(5);

    private IEnumerable<string> AllDirectories()
    {
        IEnumerable<string> v1 = _v1.Select(hierarchy => $"{hierarchy.MountPoint}/{RelativePath}");
        return _unified is null ? v1 : v1.Append(_unified.Path);
    }

    private void RemoveCreatedParents()
    {
        while (_created.TryPop(out string? above))
        {
            CgroupFiles.RemoveDirectory(above);
        }
    }

    /// <summary>Another sandbox that ends may remove a parent which it leaves empty, at any moment until there is a child: hence the rounds.</summary>
    private void CreateIn(string directory)
    {
        for (int round = 1; ; round++)
        {
            try
            {
                CreateOnceIn(directory);
                return;
            }
            catch (SyscallException error) when (error.Errno == Errno.ENOENT && round < MaxCreateRounds)
            {
                // Look again at what is there.
            }
        }
    }

    private void CreateOnceIn(string directory)
    {
        var missing = new Stack<string>();
        for (string at = directory; !Directory.Exists(at); at = Path.GetDirectoryName(at)!)
        {
            missing.Push(at);
        }

        if (directory == _unified?.Path)
        {
            _unified.Create();
        }

        foreach (string path in missing)
        {
            CgroupFiles.MakeDirectory(path);
            InheritCpuset(path);
            if (path != directory)
            {
                _created.Push(path);
            }
        }
    }

    /// <summary>A new cpuset of v1 is empty, and no process may enter an empty one: it takes what is above.</summary>
    private static void InheritCpuset(string path)
    {
        foreach (string file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            if (CgroupFiles.TryRead(path, file) is "" && CgroupFiles.TryRead(Path.GetDirectoryName(path)!, file) is { Length: > 0 } inherited)
            {
                CgroupFiles.TryWrite(path, file, inherited, out _);
            }
        }
    }

    private async Task WaitEmptyAsync(CancellationToken cancellationToken)
    {
        foreach (int pid in Processes)
        {
            using PidFd? process = PidFd.TryOpen(pid, out _);
            if (process is not null)
            {
                await process.WaitExitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>v1 tells nobody when a cgroup gets empty, and an ended process leaves it a moment later: hence the retry.</summary>
    private static async Task RemoveTreeAsync(string directory, CancellationToken cancellationToken)
    {
        foreach (string child in Directory.GetDirectories(directory))
        {
            await RemoveTreeAsync(child, cancellationToken).ConfigureAwait(false);
        }

        Errno error;
        while ((error = CgroupFiles.RemoveDirectory(directory)) == Errno.EBUSY)
        {
            await Task.Delay(BusyRetryInterval, cancellationToken).ConfigureAwait(false);
        }

        if (error != Errno.None)
        {
            throw new SyscallException("rmdir", $"\"{directory}\"", error);
        }
    }
}
