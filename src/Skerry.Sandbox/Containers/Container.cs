using Skerry.Core;
using Skerry.Oci;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <summary>One container of a sandbox: its first process, its execs, and what it holds of the host. Only the driver changes it.</summary>
internal sealed class Container
{
    private readonly Dictionary<string, GuestProcess> _execs = [];

    internal Container(ContainerConfig config, OciSpec spec)
    {
        Config = config;
        Spec = spec;
        Disks = RequestedDisks.Of(spec);
        Root = RequestedRoot.Of(config.RootFs);
        Init = new GuestProcess(config.Id, string.Empty, config.Stdio, ProcessState.Creating);
        Resources = spec.Linux?.Resources;
    }

    /// <summary>Its id.</summary>
    internal ContainerId Id => Config.Id;

    /// <summary>What was asked for.</summary>
    internal ContainerConfig Config { get; }

    /// <summary>The spec of its bundle.</summary>
    internal OciSpec Spec { get; }

    /// <summary>The block devices of the host that it is to have.</summary>
    internal IReadOnlyList<RequestedDisk> Disks { get; }

    /// <summary>The block device its root file system is on; null for one that is not on such.</summary>
    internal RequestedRoot? Root { get; }

    /// <summary>Its first process; the container's state is this one's.</summary>
    internal GuestProcess Init { get; }

    /// <summary>What building it took from host and guest; undone by its deletion.</summary>
    internal RollbackStack Undo { get; } = new();

    /// <summary>What it had used when its machine was about to end; nothing when the machine ended by itself.</summary>
    internal StatsContainerResponse LastStatistics { get; set; } = new() { CgroupStats = new CgroupStats() };

    /// <summary>Its limits, updates included.</summary>
    internal OciResources? Resources { get; set; }

    /// <summary>The machine was made to fit it.</summary>
    internal bool Admitted { get; set; }

    /// <summary>Every process, init first.</summary>
    internal IEnumerable<GuestProcess> Processes => _execs.Values.Prepend(Init);

    /// <summary>Finds a process; an empty <paramref name="execId"/> names init.</summary>
    /// <exception cref="SkerryException">NotFound, in runc's words.</exception>
    internal GuestProcess Find(string execId)
    {
        if (execId.Length == 0)
        {
            return Init;
        }

        return _execs.TryGetValue(execId, out GuestProcess? process)
            ? process
            : throw new SkerryException(FailureKind.NotFound, $"process does not exist {execId}");
    }

    /// <summary>Registers an exec.</summary>
    /// <exception cref="SkerryException">AlreadyExists for a used id; FailedPrecondition unless the container can take one.</exception>
    internal GuestProcess AddExec(string execId, StdioConfig stdio)
    {
        if (_execs.ContainsKey(execId) || execId == Id.Value)
        {
            throw new SkerryException(FailureKind.AlreadyExists, $"id {execId}");
        }

        if (Init.State is not (ProcessState.Created or ProcessState.Starting or ProcessState.Running))
        {
            throw Init.WrongState("exec");
        }

        var process = new GuestProcess(Id, execId, stdio, ProcessState.Created);
        _execs.Add(execId, process);
        return process;
    }

    /// <summary>Forgets an exec.</summary>
    internal void RemoveExec(GuestProcess process)
    {
        process.MarkDeleted();
        _execs.Remove(process.ExecId);
    }
}
