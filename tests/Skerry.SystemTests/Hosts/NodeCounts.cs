using System.Security.Cryptography;
using System.Text;

namespace Skerry.SystemTests.Hosts;

/// <summary>
/// How many things of each kind a node has at a moment, of those that pods come with and must go with. Only what is this
/// <see cref="CriHost"/>'s is counted, so that others may work on the same machine.
/// </summary>
public static class NodeCounts
{
    private const string ShimSockets = "/run/containerd/s";
    private const int LinesAboveInterfaces = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The counts by name, always the same names in the same order.</summary>
    /// <param name="host">The node.</param>
    /// <param name="pods">The ids of all pods that ran on it.</param>
    public static IReadOnlyDictionary<string, int> Read(CriHost host, IEnumerable<string> pods)
    {
        string process = $"/proc/{host.ProcessId}";
        string[] mounts = [.. File.ReadLines(process + "/mountinfo").Where(line => line.Contains(host.DirectoryPath, StringComparison.Ordinal))];
        return new OrderedDictionary<string, int>
        {
            ["descriptors of containerd"] = Directory.GetFileSystemEntries(process + "/fd").Length,
            ["mounts"] = mounts.Length,
            ["network namespaces"] = mounts.Count(line => line.Contains(" - nsfs ", StringComparison.Ordinal)),
            ["interfaces"] = File.ReadLines(process + "/net/dev").Count() - LinesAboveInterfaces,
            ["addresses given out"] = FilesBelow(Path.Combine(host.DirectoryPath, "ipam")).Count(path => char.IsAsciiDigit(Path.GetFileName(path)[0])),
            ["cgroups"] = Cgroups(host.CgroupParent),
            ["processes"] = Processes(host),
            ["entries of sandboxes"] = EntriesOf(host.StateDirectory),
            ["temporary entries"] = EntriesOf(host.TemporaryDirectory),
            ["directories of containerd's state"] = DirectoriesBelow(Path.Combine(host.DirectoryPath, "state")),
            ["snapshots"] = EntriesOf(Path.Combine(host.DirectoryPath, "root", "io.containerd.snapshotter.v1.overlayfs", "snapshots")),
            ["sockets of shims"] = pods.Count(id => File.Exists(Path.Combine(ShimSockets, HashOf(host.Address, id)))),
        };
    }

    /// <summary>Waits until no count is above <paramref name="before"/>: some things go a moment after the call that ends them.</summary>
    /// <returns>The counts now; above before where the wait was in vain.</returns>
    public static async Task<IReadOnlyDictionary<string, int>> SettleAsync(CriHost host, IReadOnlyCollection<string> pods, IReadOnlyDictionary<string, int> before)
    {
        IReadOnlyDictionary<string, int> now = Read(host, pods);
        try
        {
            await Eventually.TrueAsync(() => Grown(before, now = Read(host, pods)).Count == 0, "as few things as before", s_patience);
        }
        catch (HostException)
        {
            // What did not go is in the counts.
        }

        return now;
    }

    /// <summary>What there is more of than before, in words.</summary>
    public static IReadOnlyList<string> Grown(IReadOnlyDictionary<string, int> before, IReadOnlyDictionary<string, int> now) =>
        [.. now.Where(item => item.Value > before[item.Key]).Select(item => $"{item.Key}: {before[item.Key]} before, {item.Value} now")];

    private static int EntriesOf(string directory) => Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory).Count() : 0;

    private static int DirectoriesBelow(string directory) =>
        Directory.EnumerateDirectories(directory, "*", Tolerant).Count();

    private static IEnumerable<string> FilesBelow(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*", Tolerant) : [];

    // Things may go while they are counted.
    private static EnumerationOptions Tolerant { get; } = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private static int Cgroups(string parent) => Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup")
        .Select(hierarchy => hierarchy + parent)
        .Where(Directory.Exists)
        .Sum(DirectoriesBelow);

    /// <summary>Processes whose arguments name the host's directory: shims, machines, file daemons; not containerd.</summary>
    private static int Processes(CriHost host) => Directory.EnumerateDirectories("/proc")
        .Where(path => char.IsAsciiDigit(path[^1]) && path != $"/proc/{host.ProcessId}")
        .Count(path => ArgumentsOf(path).Contains(host.DirectoryPath, StringComparison.Ordinal));

    private static string ArgumentsOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    // containerd's name for the socket of a sandbox's shim, which ours follows.
    private static string HashOf(string address, string pod) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(address, "k8s.io", pod))));
}
