using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>The file systems of the guest.</summary>
internal static class BootMounts
{
    /// <summary>Where the cgroup v2 hierarchy goes.</summary>
    public const string CgroupRoot = "/sys/fs/cgroup";

    private const MountFlags Quiet = MountFlags.MS_NOSUID | MountFlags.MS_NODEV | MountFlags.MS_NOEXEC;

    private static readonly BootMount[] s_essential =
    [
        new("proc", "/proc", Quiet),
        new("sysfs", "/sys", Quiet),
        new("devtmpfs", "/dev", MountFlags.MS_NOSUID, "mode=0755"),
    ];

    private static readonly BootMount s_temporary = new("tmpfs", "/tmp", MountFlags.MS_NOSUID | MountFlags.MS_NODEV, "mode=1777");

    private static readonly BootMount[] s_rest =
    [
        new("devpts", "/dev/pts", MountFlags.MS_NOSUID | MountFlags.MS_NOEXEC, "gid=5,mode=0620,ptmxmode=0666"),
        new("tmpfs", "/dev/shm", MountFlags.MS_NOSUID | MountFlags.MS_NODEV, "mode=1777"),
        new("mqueue", "/dev/mqueue", Quiet),
        new("tmpfs", "/run", MountFlags.MS_NOSUID | MountFlags.MS_NODEV, "mode=0755"),
        s_temporary,
        new("cgroup2", CgroupRoot, Quiet, "nsdelegate"),
    ];

    /// <summary>What loading modules and logging need.</summary>
    public static BootStep[] EssentialSteps() => Array.ConvertAll(s_essential, StepOf);

    /// <summary>The others.</summary>
    public static BootStep[] OtherSteps() => Array.ConvertAll(s_rest, StepOf);

    /// <summary>The one that an init may not have mounted.</summary>
    public static BootStep TemporaryFilesStep() => StepOf(s_temporary);

    /// <summary>The names that programs expect in /dev beside what devtmpfs makes.</summary>
    public static void LinkStandardStreams()
    {
        foreach (Processes.DeviceLink link in Processes.DevicePlan.Links)
        {
            if (!File.Exists(link.Path))
            {
                File.CreateSymbolicLink(link.Path, link.Target);
            }
        }
    }

    private static BootStep StepOf(BootMount mount) => new($"mount {mount.Target}", mount.Mount);
}
