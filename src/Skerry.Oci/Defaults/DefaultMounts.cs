namespace Skerry.Oci;

/// <summary>The mounts and hidden paths containerd gives by default.</summary>
internal static class DefaultMounts
{
    /// <summary>Mounts in order.</summary>
    internal static IReadOnlyList<OciMount> All { get; } =
    [
        Make("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        Make("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        Make("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
        Make("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),
        Make("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        Make("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),

        // ctr leaves the cgroups out; runtimes such as the JVM look there for their memory limit, so we do as Docker and CRI do.
        Make("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"),
        Make("/run", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
    ];

    internal static IReadOnlyList<string> Masked { get; } =
    [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/sys/firmware", "/sys/devices/virtual/powercap", "/proc/scsi",
    ];

    internal static IReadOnlyList<string> Readonly { get; } =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    private static OciMount Make(string destination, string type, string source, params string[] options) =>
        new() { Destination = destination, Type = type, Source = source, Options = options };
}
