using Skerry.Linux;

namespace Skerry.Cli.Checks;

/// <summary>Cgroups are mounted, so that a sandbox's processes can be limited and killed together.</summary>
internal sealed class CgroupCheck() : HostCheck("cgroups")
{
    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        IReadOnlyList<MountEntry> mounts = MountTable.Read(Path.Combine(subject.Proc, "self/mountinfo"));
        bool unified = mounts.Any(mount => mount.Type == "cgroup2");
        bool legacy = mounts.Any(mount => mount.Type == "cgroup");
        string[] controllers = [.. mounts.Where(mount => mount.Type == "cgroup").Select(mount => Path.GetFileName(mount.Target)).Order(StringComparer.Ordinal)];
        return (unified, legacy) switch
        {
            (true, false) => Passed("v2"),
            (true, true) => Passed($"v1 and v2 (hybrid): {string.Join(", ", controllers)}"),
            (false, true) => Passed($"v1: {string.Join(", ", controllers)}"),
            _ => Noted("none is mounted: a sandbox's processes are not limited", "mount them: mount -t cgroup2 none /sys/fs/cgroup"),
        };
    }
}
