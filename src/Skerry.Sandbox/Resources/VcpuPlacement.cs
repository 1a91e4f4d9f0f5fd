using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Hypervisor;

namespace Skerry.Sandbox;

/// <summary>Puts the threads of a machine's virtual processors into the pod's cgroup, where they are apart from the VMM's own.</summary>
internal static class VcpuPlacement
{
    /// <summary>Does so, now and after every change of their number; what the host refuses is a warning, and costs only accounting.</summary>
    internal static async Task ApplyAsync(SandboxId sandbox, ISandboxCgroup? cgroup, IVirtualMachine machine, ILogger log, CancellationToken cancellationToken)
    {
        if (cgroup is not { SeparatesVcpus: true })
        {
            return;
        }

        try
        {
            cgroup.PlaceVcpus(await machine.Resources.VcpuThreadsAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (SkerryException error)
        {
            Log.StepFailed(log, sandbox.Value, "put its virtual processors into the pod's cgroup", ErrorReport.OneLine(error));
        }
    }
}
