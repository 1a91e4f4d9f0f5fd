namespace Skerry.Cli.Checks;

/// <summary>Every check, in the order they are shown: what stops everything comes first.</summary>
internal static class HostChecks
{
    internal static IReadOnlyList<HostCheck> All { get; } =
    [
        new PrivilegeCheck(),
        new AcceleratorCheck(),
        new QemuCheck(),
        new FileSystemDaemonCheck(),
        new KernelCheck(),
        new GuestRootCheck(),
        new MemoryCheck(),
        new OverlayCheck(),
        new CgroupCheck(),
        new NetworkCheck(),
        new DiskSpaceCheck("state space", host => host.StateDirectory, 16, "SKERRY_STATE_DIR"),
        new DiskSpaceCheck("image space", host => host.DataDirectory, 256, "SKERRY_DATA_DIR"),
        new ContainerdCheck(),
        new SkopeoCheck(),
    ];
}
