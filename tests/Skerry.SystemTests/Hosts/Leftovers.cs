namespace Skerry.SystemTests.Hosts;

/// <summary>Looks for what a sandbox may leave on a host: processes, mounts, cgroups, files, sockets.</summary>
public sealed class Leftovers(params string[] marks)
{
    private static readonly string[] s_stateFolders = ["skerry", "run"];
    private static readonly string[] s_cgroupParents = ["skerry", "skerry_overhead"];

    /// <summary>The directory of sandboxes, when it is not one of those that a mark names.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Everything on the host that mentions one of the marks (state directory, ids); empty when all is clean.</summary>
    public IReadOnlyList<string> Find()
    {
        var found = new List<string>();
        found.AddRange(Processes());
        found.AddRange(File.ReadLines("/proc/self/mountinfo").Where(Marked).Select(line => $"mount: {line}"));
        found.AddRange(Cgroups());
        found.AddRange(Directory.EnumerateFileSystemEntries("/sys/class/net").Select(Path.GetFileName).Where(IsOurInterface).Select(name => $"interface: {name}"));
        found.AddRange(Files());
        return found;
    }

    /// <summary>Waits a little for the last undo, then fails with the list if anything is left.</summary>
    public async Task AssertNoneAsync()
    {
        IReadOnlyList<string> found = Find();
        for (int attempt = 0; attempt < 100 && found.Count > 0; attempt++)
        {
            await Task.Delay(50);
            found = Find();
        }

        if (found.Count > 0)
        {
            throw new HostException("left behind:\n" + string.Join('\n', found));
        }
    }

    private bool Marked(string text) => marks.Any(mark => text.Contains(mark, StringComparison.Ordinal));

    /// <summary>Interfaces of ours belong into pods' namespaces: none is ever in the host's.</summary>
    private static bool IsOurInterface(string? name) =>
        name is not null && (name.StartsWith("skt", StringComparison.Ordinal) || name.StartsWith("skm", StringComparison.Ordinal)) && name[3..].All(char.IsAsciiDigit);

    private IEnumerable<string> Processes()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            string command;
            try
            {
                // A zombie has an empty command line and belongs to its parent.
                command = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            bool ours = command.Contains("qemu-system", StringComparison.Ordinal)
                || command.Contains("virtiofsd", StringComparison.Ordinal)
                || command.Contains("shim-skerry", StringComparison.Ordinal);
            if (ours && Marked(command))
            {
                yield return $"process {Path.GetFileName(directory)}: {command}";
            }
        }
    }

    /// <summary>
    /// What lies in the directories of sandboxes: of a test's own directory everything, since all sandboxes have ended; of a shared one
    /// what bears a mark. Locks of boots under way are not left behind, but theirs.
    /// </summary>
    private IEnumerable<string> Files()
    {
        IEnumerable<string> own = marks.Where(Path.IsPathRooted).SelectMany(mark => s_stateFolders.Select(name => Path.Combine(mark, name)))
            .Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries);
        IEnumerable<string> shared = Directory.Exists(StateDirectory) ? Directory.EnumerateFileSystemEntries(StateDirectory).Where(Marked) : [];
        return own.Concat(shared).Distinct().Select(path => $"file: {path}");
    }

    private IEnumerable<string> Cgroups() =>
        Directory.EnumerateDirectories("/sys/fs/cgroup")
            .Append("/sys/fs/cgroup")
            .SelectMany(hierarchy => s_cgroupParents.Select(parent => Path.Combine(hierarchy, parent)))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(Marked)
            .Select(path => $"cgroup: {path}");
}
