namespace Skerry.Sandbox;

/// <summary>The cgroups of a sandbox's processes on the host, in every hierarchy that is mounted. This process is in one of them, and what it starts with it.</summary>
public interface ISandboxCgroup
{
    /// <summary>The directories we made, for the record.</summary>
    IReadOnlyList<string> Directories { get; }

    /// <summary>The cgroup.procs files the VMM joins when that is not where this process is.</summary>
    IReadOnlyList<string> MachineProcsFiles { get; }

    /// <summary>Whether the threads of virtual processors belong elsewhere than the VMM, see <see cref="PlaceVcpus"/>.</summary>
    bool SeparatesVcpus { get; }

    /// <summary>Moves threads of virtual processors, at the start and whenever there are new ones. Threads that have ended are passed over.</summary>
    /// <exception cref="Core.SkerryException">The host refuses.</exception>
    void PlaceVcpus(IReadOnlyList<int> threads);

    /// <summary>Binds what runs the guest's processors to processors and memory nodes of the host; empty lists mean those that the sandbox itself was given.</summary>
    /// <exception cref="Core.SkerryException">InvalidArgument: the host refuses them.</exception>
    void Confine(string processors, string memoryNodes);

    /// <summary>Leaves them with this process, kills what is left in them and removes them.</summary>
    ValueTask RemoveAsync();
}
