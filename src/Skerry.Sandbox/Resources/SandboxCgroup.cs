using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux.Cgroups;

namespace Skerry.Sandbox;

/// <summary>The sandbox's cgroup where the manager wants it, so that its accounting and limits hold for the machine.</summary>
public sealed class SandboxCgroup : ISandboxCgroup
{
    private static readonly TimeSpan RemoveLimit = TimeSpan.FromSeconds(2);
    private readonly HostCgroup _cgroup;

    private SandboxCgroup(HostCgroup cgroup)
    {
        _cgroup = cgroup;
        Directories = cgroup.Directories;
        ProcsFiles = cgroup.ProcsFiles;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Directories { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ProcsFiles { get; }

    /// <summary>Makes the cgroup; null, with a warning, on a host that has none to give: the sandbox works without.</summary>
    /// <param name="sandbox">The sandbox; names the cgroup when the spec has no path.</param>
    /// <param name="ociPath">The spec's cgroupsPath.</param>
    /// <param name="log">The log.</param>
    public static ISandboxCgroup? TryCreate(SandboxId sandbox, string ociPath, ILogger log)
    {
        try
        {
            string path = CgroupPath.FromOci(ociPath.Length == 0 ? $"/skerry/{sandbox.Value}" : ociPath);
            return new SandboxCgroup(HostCgroups.Detect().Create(path));
        }
        catch (SkerryException error)
        {
            Log.StepFailed(log, sandbox.Value, "make its cgroup", ErrorReport.OneLine(error));
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync()
    {
        _cgroup.KillAll();
        await _cgroup.RemoveAsync(RemoveLimit, CancellationToken.None).ConfigureAwait(false);
    }
}
