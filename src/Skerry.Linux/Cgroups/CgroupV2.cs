using System.Runtime.CompilerServices;
using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <summary>One cgroup of the unified hierarchy, by its directory; see the kernel's admin-guide/cgroup-v2.rst.</summary>
/// <remarks>
/// The object holds nothing but the path: any number of them may name one cgroup, and nothing needs disposing. A cgroup that
/// holds processes is a leaf in practice: the kernel lends controllers to children only of cgroups without processes, except
/// for the root.
/// </remarks>
public sealed partial class CgroupV2
{
    private const string EventsFile = "cgroup.events";

    /// <summary>Names a cgroup; it need not exist yet.</summary>
    /// <param name="path">Its directory, absolute, as in /sys/fs/cgroup/pod/container.</param>
    public CgroupV2(string path) => Path = path.TrimEnd('/');

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>The file a process writes "0" to in order to enter.</summary>
    public string ProcsFile => Path + "/cgroup.procs";

    /// <summary>Whether the cgroup exists.</summary>
    public bool Exists => Directory.Exists(Path);

    /// <summary>The processes in this cgroup and beneath, by pid; empty when it does not exist.</summary>
    public IReadOnlyList<int> Processes => [.. Subtree().SelectMany(CgroupFiles.Processes)];

    /// <summary>
    /// Makes the cgroup and what is missing above it, and lends it every controller the hierarchy has. A controller that cannot
    /// be lent is left out: the limit that needs it reports it.
    /// </summary>
    /// <exception cref="SyscallException">mkdir failed, as in EACCES or ENOENT when no hierarchy is mounted.</exception>
    public void Create()
    {
        var missing = new Stack<string>();
        string top = Path;
        while (!Directory.Exists(top))
        {
            missing.Push(top);
            top = System.IO.Path.GetDirectoryName(top) ?? throw new SkerryException(FailureKind.InvalidArgument, $"cgroup \"{Path}\" has no parent directory");
        }

        foreach (string ancestor in AncestorsFromRoot(missing.Count > 0 ? top : System.IO.Path.GetDirectoryName(Path)!))
        {
            LendControllers(ancestor);
        }

        while (missing.TryPop(out string? directory))
        {
            CgroupFiles.MakeDirectory(directory);
            if (missing.Count > 0)
            {
                LendControllers(directory);
            }
        }

        if (!File.Exists(ProcsFile))
        {
            throw new SkerryException(FailureKind.FailedPrecondition, $"\"{Path}\" is a directory, but no cgroup v2 is mounted there");
        }
    }

    /// <summary>Moves a process here, with all its threads.</summary>
    /// <exception cref="SyscallException">ESRCH: no such process; EBUSY: the cgroup lends controllers to children; ENOENT: no such cgroup.</exception>
    public void AddProcess(int pid) => CgroupFiles.Write(Path, "cgroup.procs", CgroupConversions.Number(pid));

    /// <summary>How many processes the kernel has killed here and beneath because memory ran out.</summary>
    public ulong OomKills => CgroupFiles.ReadKeyed(Path, "memory.events").GetValueOrDefault("oom_kill");

    /// <summary>Yields how many more processes the OOM killer has killed, whenever it has; the first time counts from the cgroup's birth.</summary>
    /// <remarks>The kernel says nothing when a cgroup is removed: cancel the watch then.</remarks>
    /// <exception cref="SyscallException">ENOENT: no such cgroup, or it has no memory controller.</exception>
    public async IAsyncEnumerable<ulong> WatchOomKillsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = FileWatch.Start(Path + "/memory.events", FileWatchEvents.IN_MODIFY);
        for (ulong seen = 0; ;)
        {
            ulong count = OomKills;
            if (count > seen)
            {
                yield return count - seen;
                seen = count;
            }

            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The directories of this cgroup and of those beneath, parents first.</summary>
    private List<string> Subtree()
    {
        var directories = new List<string>();
        if (Exists)
        {
            directories.Add(Path);
            for (int i = 0; i < directories.Count; i++)
            {
                directories.AddRange(Children(directories[i]));
            }
        }

        return directories;
    }

    private static string[] Children(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static Stack<string> AncestorsFromRoot(string directory)
    {
        var ancestors = new Stack<string>();
        for (string? at = directory; at is not null && File.Exists(at + "/cgroup.controllers"); at = System.IO.Path.GetDirectoryName(at))
        {
            ancestors.Push(at);
        }

        return ancestors;
    }

    /// <summary>Turns controllers on one by one, since one that is refused would refuse all.</summary>
    private static void LendControllers(string directory)
    {
        string[] lent = (CgroupFiles.TryRead(directory, "cgroup.subtree_control") ?? string.Empty).Split(' ');
        string[] available = (CgroupFiles.TryRead(directory, "cgroup.controllers") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (string controller in available.Except(lent))
        {
            CgroupFiles.TryWrite(directory, "cgroup.subtree_control", "+" + controller, out _);
        }
    }
}
