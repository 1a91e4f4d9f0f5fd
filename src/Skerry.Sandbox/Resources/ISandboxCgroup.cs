namespace Skerry.Sandbox;

/// <summary>The cgroup of a sandbox's processes on the host, in every hierarchy that is mounted.</summary>
public interface ISandboxCgroup
{
    /// <summary>The directories we made, for the record.</summary>
    IReadOnlyList<string> Directories { get; }

    /// <summary>The cgroup.procs files a new process joins.</summary>
    IReadOnlyList<string> ProcsFiles { get; }

    /// <summary>Kills what is left in it and removes it.</summary>
    ValueTask RemoveAsync();
}
