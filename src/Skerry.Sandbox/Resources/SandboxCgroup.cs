using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Cgroups;

namespace Skerry.Sandbox;

/// <summary>
/// The sandbox's cgroups. The pod's is where the manager wants it, so that the manager's accounting and limits hold for what is in it:
/// everything (<c>sandbox_cgroup_only</c>), or the guest's own work only, while the rest is in an overhead cgroup which nobody limits:
/// on hosts of version 1 the threads of virtual processors apart from the VMM, with version 2 the VMM as a whole, since there a process
/// with its memory cannot be torn apart.
/// </summary>
public sealed class SandboxCgroup : ISandboxCgroup
{
    /// <summary>The parent of overhead cgroups, below the hierarchies' roots.</summary>
    internal const string OverheadParent = "skerry_overhead";

    private static readonly TimeSpan RemoveLimit = TimeSpan.FromSeconds(2);
    private readonly CgroupRequest _request;
    private readonly int _shim;
    private readonly CgroupPlace _home;
    private readonly HostCgroup _pod;
    private readonly HostCgroup? _overhead;

    private SandboxCgroup(CgroupRequest request, int shim, CgroupPlace home, HostCgroup pod, HostCgroup? overhead, bool splitsThreads)
    {
        _request = request;
        _shim = shim;
        _home = home;
        _pod = pod;
        _overhead = overhead;
        SeparatesVcpus = overhead is not null && splitsThreads;
        MachineProcsFiles = overhead is null || splitsThreads ? [] : pod.ProcsFiles;
        Directories = [.. pod.Directories, .. overhead?.Directories ?? []];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Directories { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> MachineProcsFiles { get; }

    /// <inheritdoc/>
    public bool SeparatesVcpus { get; }

    private HostCgroup Own => _overhead ?? _pod;

    /// <summary>Makes the cgroups and enters; null, with a warning, on a host that has none to give: the sandbox works without.</summary>
    /// <exception cref="SkerryException">The host refuses the processors that the manager gives.</exception>
    public static ISandboxCgroup? TryCreate(CgroupRequest request, ILogger log) => TryCreate(HostCgroups.Detect(), Environment.ProcessId, request, log);

    internal static SandboxCgroup? TryCreate(HostCgroups host, int shim, CgroupRequest request, ILogger log)
    {
        HostCgroup? pod = null;
        HostCgroup? overhead = null;
        SandboxCgroup cgroup;
        try
        {
            pod = host.Create(CgroupPath.FromOci(request.Path.Length == 0 ? $"/skerry/{request.Sandbox.Value}" : request.Path));
            overhead = request.SandboxOnly ? null : host.Create($"{OverheadParent}/{request.Sandbox.Value}");
            cgroup = new SandboxCgroup(request, shim, host.PlaceOf(shim), pod, overhead, host.SplitsThreads);
            cgroup.Own.AddProcess(shim);
        }
        catch (SkerryException error)
        {
            Log.StepFailed(log, request.Sandbox.Value, "make its cgroup", ErrorReport.OneLine(error));
            pod?.RemoveEmpty();
            overhead?.RemoveEmpty();
            return null;
        }

        cgroup.Limit();
        return cgroup;
    }

    /// <inheritdoc/>
    public void PlaceVcpus(IReadOnlyList<int> threads)
    {
        foreach (int thread in threads)
        {
            try
            {
                _pod.AddThread(thread);
            }
            catch (SyscallException error) when (error.Errno == Errno.ESRCH)
            {
                // A processor that was taken away again.
            }
        }
    }

    /// <inheritdoc/>
    public void Confine(string processors, string memoryNodes)
    {
        (string cpus, string mems) = (OrElse(processors, _request.Processors), OrElse(memoryNodes, _request.MemoryNodes));
        try
        {
            _pod.Confine(cpus, mems);
        }
        catch (SyscallException error)
        {
            throw Refused(cpus, mems, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync()
    {
        Leave();
        try
        {
            await RemoveAsync(_pod).ConfigureAwait(false);
        }
        finally
        {
            if (_overhead is not null)
            {
                await RemoveAsync(_overhead).ConfigureAwait(false);
                _overhead.RemoveEmptyParent();
            }
        }
    }

    private static async Task RemoveAsync(HostCgroup cgroup)
    {
        cgroup.KillAll();
        await cgroup.RemoveAsync(RemoveLimit, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The pod's other limits are the manager's own, on the cgroup above; those of its containers hold in the guest.</summary>
    private void Limit()
    {
        try
        {
            _pod.Apply(new CgroupLimits { Cpuset = _request.Processors, Mems = _request.MemoryNodes });
        }
        catch (SyscallException error)
        {
            Leave();
            _pod.RemoveEmpty();
            _overhead?.RemoveEmpty();
            throw Refused(_request.Processors, _request.MemoryNodes, error);
        }
    }

    private SkerryException Refused(string processors, string memoryNodes, SyscallException error) => new(
        FailureKind.InvalidArgument,
        $"sandbox \"{_request.Sandbox}\" cannot have processors \"{processors}\" and memory nodes \"{memoryNodes}\" of the host",
        $"the host has {Environment.ProcessorCount} processors; those of the cgroup above may be fewer",
        error);

    private static string OrElse(string list, string other) => list.Length > 0 ? list : other;

    /// <summary>What the shim has started for others, log programs, goes along: it ends by itself when it has written everything.</summary>
    private void Leave()
    {
        _home.TakeBack(_shim);
        foreach (int pid in Own.Processes.Where(pid => ProcessIdentity.IsDescendant(pid, _shim)))
        {
            _home.TakeBack(pid);
        }
    }
}
