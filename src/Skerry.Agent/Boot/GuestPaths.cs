namespace Skerry.Agent.Boot;

/// <summary>Where things stand in the guest; the names are Kata's, since the host writes them into requests.</summary>
/// <param name="Run">The agent's directory, <c>/run/kata-containers</c> in a guest.</param>
/// <param name="Cgroups">Where the cgroup v2 hierarchy is mounted.</param>
internal sealed record GuestPaths(string Run, string Cgroups)
{
    /// <summary>The paths in a guest.</summary>
    public static GuestPaths Default { get; } = new("/run/kata-containers", "/sys/fs/cgroup");

    /// <summary>What the host shares: root file systems and volumes.</summary>
    public string SharedContainers => $"{Run}/shared/containers";

    /// <summary>Files of the sandbox: resolv.conf, shm, ephemeral volumes.</summary>
    public string SandboxDirectory => $"{Run}/sandbox";

    /// <summary>The guest's resolver configuration.</summary>
    public string ResolvConf => $"{SandboxDirectory}/resolv.conf";

    /// <summary>The cgroup under which every container has its own.</summary>
    public string ContainerCgroups => $"{Cgroups}/containers";

    /// <summary>The directory of one container.</summary>
    public string Bundle(string containerId) => $"{Run}/{containerId}";
}
