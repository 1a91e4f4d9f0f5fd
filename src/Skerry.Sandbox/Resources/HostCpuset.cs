using Microsoft.Extensions.Logging;
using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>
/// Binds a sandbox on the host to the processors and memory nodes of its containers, all together, while each of them names some; one that
/// names none may use all, and so may the sandbox then, as far as the manager lets it.
/// </summary>
/// <remarks>Called by one at a time. The guest has virtual processors of its own: which of them runs a container is not decided here.</remarks>
internal sealed class HostCpuset(SandboxId sandbox, ISandboxCgroup? cgroup, ILogger log, string system = "/sys/devices/system")
{
    private (string Processors, string MemoryNodes) _now = (string.Empty, string.Empty);

    /// <summary>Binds it; what is not kept is undone.</summary>
    /// <exception cref="SkerryException">InvalidArgument: a container names what the host does not have, or the host refuses.</exception>
    internal Change Apply(IReadOnlyList<ContainerDemand> containers)
    {
        if (cgroup is null)
        {
            return new Change(null);
        }

        ContainerDemand[] counted = Counted(containers);
        (string Processors, string MemoryNodes) before = _now;
        Confine(
            Union(counted, "processors", each => each.Processors, $"{system}/cpu/online"),
            Union(counted, "memory nodes", each => each.MemoryNodes, $"{system}/node/online"));
        return new Change(() => TakeBack(before));
    }

    /// <summary>A pod's pause container names none, and needs none: it counts only where it is alone, which a container without a pod is.</summary>
    private ContainerDemand[] Counted(IReadOnlyList<ContainerDemand> containers)
    {
        ContainerDemand[] others = [.. containers.Where(each => each.Id.Value != sandbox.Value)];
        return others.Length > 0 ? others : [.. containers];
    }

    private static string Union(ContainerDemand[] containers, string what, Func<ContainerDemand, string> of, string onlineFile)
    {
        ContainerDemand[] naming = [.. containers.Where(each => of(each).Length > 0)];
        if (naming.Length == 0)
        {
            return string.Empty;
        }

        IReadOnlyList<int> online = File.Exists(onlineFile) ? CpuList.Parse(File.ReadAllText(onlineFile)) : [];
        var union = new SortedSet<int>();
        foreach (ContainerDemand container in naming)
        {
            IReadOnlyList<int> named = CpuList.Parse(of(container));
            if (named.Count == 0 || (online.Count > 0 && named.Except(online).Any()))
            {
                throw new SkerryException(
                    FailureKind.InvalidArgument,
                    $"container \"{container.Id}\" is to have {what} \"{of(container)}\" of the host, which has \"{CpuList.Format(online)}\"",
                    $"name {what} that the host has, see {onlineFile}");
            }

            union.UnionWith(named);
        }

        return naming.Length == containers.Length ? CpuList.Format([.. union]) : string.Empty;
    }

    private void Confine(string processors, string memoryNodes)
    {
        if (_now == (processors, memoryNodes))
        {
            return;
        }

        (string Processors, string MemoryNodes) before = _now;
        _now = (processors, memoryNodes);
        try
        {
            cgroup!.Confine(processors, memoryNodes);
        }
        catch
        {
            TakeBack(before); // The host may have taken one of them.
            throw;
        }
    }

    private void TakeBack((string Processors, string MemoryNodes) before)
    {
        try
        {
            if (_now != before)
            {
                cgroup!.Confine(before.Processors, before.MemoryNodes);
                _now = before;
            }
        }
        catch (SkerryException error)
        {
            Log.StepFailed(log, sandbox.Value, "give it back its processors of the host", ErrorReport.OneLine(error));
        }
    }

    /// <summary>What was bound: undone on disposal, unless it is kept.</summary>
    internal sealed class Change(Action? undo) : IDisposable
    {
        private Action? _undo = undo;

        internal void Keep() => _undo = null;

        /// <inheritdoc/>
        public void Dispose() => _undo?.Invoke();
    }
}
