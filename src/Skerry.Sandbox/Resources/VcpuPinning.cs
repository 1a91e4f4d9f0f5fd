using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// Ties each virtual processor's thread to one processor of the host while the containers' cpusets hold exactly as many, as Kata does;
/// else the threads may run where the VMM may.
/// </summary>
/// <remarks>Called by one at a time.</remarks>
internal sealed class VcpuPinning(SandboxId sandbox, IVirtualMachine machine, ILogger log)
{
    private bool _pinned;

    /// <summary>Pins or unpins; what the kernel refuses (a processor that the pod's cgroup does not have) is a warning.</summary>
    internal async Task ApplyAsync(IReadOnlyList<ContainerDemand> containers, CancellationToken cancellationToken)
    {
        int[] cpus = [.. containers.SelectMany(container => container.Cpus).Distinct().Order()];
        IReadOnlyList<int> threads = await machine.Resources.VcpuThreadsAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (cpus.Length > 0 && cpus.Length == threads.Count)
            {
                Pin(threads, cpus);
                _pinned = true;
            }
            else if (_pinned)
            {
                Unpin(threads, CpuAffinity.Of(machine.ProcessId));
                _pinned = false;
            }
        }
        catch (SkerryException error)
        {
            Log.StepFailed(log, sandbox.Value, "pin its virtual processors", ErrorReport.OneLine(error));
        }
    }

    private void Pin(IReadOnlyList<int> threads, int[] cpus)
    {
        foreach ((int thread, int cpu) in threads.Zip(cpus))
        {
            CpuAffinity.Set(thread, [cpu]);
        }

        Log.Pinned(log, sandbox.Value, threads.Count, string.Join(',', cpus));
    }

    private void Unpin(IReadOnlyList<int> threads, IReadOnlyList<int> cpus)
    {
        foreach (int thread in threads)
        {
            CpuAffinity.Set(thread, cpus);
        }

        Log.Unpinned(log, sandbox.Value);
    }
}
