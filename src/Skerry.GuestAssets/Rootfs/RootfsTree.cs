using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.GuestAssets.Rootfs;

/// <summary>
/// A directory that becomes a guest's root file system: its entries by path, parents before children, in the same order on every
/// host. What the guest mounts over (/dev, /proc, /run, /sys, /tmp) is taken as an empty directory.
/// </summary>
internal sealed class RootfsTree
{
    private static readonly string[] s_mountPoints = ["dev", "proc", "run", "sys", "tmp"];
    private readonly Dictionary<string, RootfsEntry> _byPath;

    private RootfsTree(string directory, IReadOnlyList<RootfsEntry> entries)
    {
        RootDirectory = directory;
        Entries = entries;
        _byPath = entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal);
    }

    /// <summary>The directory it was read from, an absolute path.</summary>
    internal string RootDirectory { get; }

    /// <summary>All entries, the root first.</summary>
    internal IReadOnlyList<RootfsEntry> Entries { get; }

    /// <summary>Reads the tree at <paramref name="directory"/>. Somebody other than root owns it as root: the guest does not know them.</summary>
    /// <exception cref="GuestAssetException">NotFound, HostDenied for what cannot be read, InvalidArgument for a name that is no text.</exception>
    internal static RootfsTree Read(string directory)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(directory))
        {
            throw new GuestAssetException(FailureKind.NotFound, $"the root file system \"{directory}\" is not a directory", "make one: skerry image rootfs DISTRO");
        }

        var reading = new Reading(directory);
        reading.Walk(string.Empty);
        return new RootfsTree(directory, reading.Entries);
    }

    /// <summary>The entry at <paramref name="path"/>, links followed as the guest would; null when there is none.</summary>
    internal RootfsEntry? Find(string path)
    {
        const int mostLinks = 20;
        for (int i = 0; i < mostLinks; i++)
        {
            if (FirstLink(path) is not { } link)
            {
                return _byPath.GetValueOrDefault(path);
            }

            string rest = path[link.Path.Length..];
            path = Normalize(link.LinkTarget.StartsWith('/') ? link.LinkTarget : $"{link.Directory}/{link.LinkTarget}") + rest;
        }

        return null;
    }

    /// <summary>SHA-256 over everything that goes into an image made of it.</summary>
    internal byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (RootfsEntry entry in Entries)
        {
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.Path}\0{entry.Mode:x}\0{entry.Uid}\0{entry.Gid}\0{entry.LinkTarget}\0{entry.HardLinkTo}\0{entry.Device}\0{entry.SizeBytes}\n");
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            foreach ((string name, byte[] value) in entry.Attributes)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{Convert.ToHexString(value)}\n"));
            }

            if (entry.Type == FileModes.S_IFREG && entry.HardLinkTo is null)
            {
                hash.AppendData(FileDigest.Sha256(entry.SourcePath));
            }
        }

        return hash.GetHashAndReset();
    }

    private RootfsEntry? FirstLink(string path)
    {
        for (int end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            string prefix = end < 0 ? path : path[..end];
            if (_byPath.TryGetValue(prefix, out RootfsEntry? entry) && entry.Type == FileModes.S_IFLNK)
            {
                return entry;
            }

            if (end < 0)
            {
                return null;
            }
        }
    }

    private static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    /// <summary>One walk over a directory.</summary>
    private sealed class Reading(string root)
    {
        private readonly Dictionary<ulong, int> _hardLinks = [];
        private readonly bool _ownedByRoot = !Environment.IsPrivilegedProcess;

        internal List<RootfsEntry> Entries { get; } = [];

        internal void Walk(string path)
        {
            string source = path.Length == 0 ? root : $"{root}/{path}";
            FileStatus status = StatusOf(source);
            Add(path, source, status);
            if (status.Type != FileModes.S_IFDIR || s_mountPoints.Contains(path))
            {
                return;
            }

            foreach (string name in NamesIn(source))
            {
                Walk(path.Length == 0 ? name : $"{path}/{name}");
            }
        }

        private void Add(string path, string source, FileStatus status)
        {
            if (status.Type == FileModes.S_IFSOCK)
            {
                return; // A socket of a daemon that once ran in there.
            }

            bool regular = status.Type == FileModes.S_IFREG;
            var entry = new RootfsEntry(
                path, status.Mode, _ownedByRoot ? 0 : status.Uid, _ownedByRoot ? 0 : status.Gid, regular ? (long)status.SizeBytes : 0, source)
            {
                LinkTarget = status.Type == FileModes.S_IFLNK ? new FileInfo(source).LinkTarget ?? string.Empty : string.Empty,
                Device = status.DeviceNode,
                Attributes = regular ? AttributesOf(source) : [],
            };
            Entries.Add(regular && status.Links > 1 ? WithLinks(entry, status.Inode) : entry);
        }

        /// <summary>The first name of a file carries its content; the count of names is that of this tree.</summary>
        private RootfsEntry WithLinks(RootfsEntry entry, ulong inode)
        {
            if (!_hardLinks.TryGetValue(inode, out int first))
            {
                _hardLinks.Add(inode, Entries.Count);
                return entry;
            }

            Entries[first] = Entries[first] with { Links = Entries[first].Links + 1 };
            return entry with { HardLinkTo = Entries[first].Path };
        }

        private static string[] NamesIn(string directory)
        {
            try
            {
                string[] names = [.. Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)!)];
                Array.Sort(names, StringComparer.Ordinal);
                return names;
            }
            catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
            {
                throw Unreadable(directory, cause);
            }
        }

        private static FileStatus StatusOf(string path) => Attributes.TryStatus(path, followLinks: false, out FileStatus status, out Errno error)
            ? status
            : throw Unreadable(path, new SyscallException("statx", $"\"{path}\"", error));

        private static List<(string, byte[])> AttributesOf(string path)
        {
            var attributes = new List<(string, byte[])>();
            foreach (string name in NamesOfAttributes(path).Where(name => name == "security.capability" || name.StartsWith("user.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                if (ExtendedAttributes.TryGet(path, name, out _) is { } value)
                {
                    attributes.Add((name, value));
                }
            }

            return attributes;
        }

        private static IReadOnlyList<string> NamesOfAttributes(string path)
        {
            try
            {
                return ExtendedAttributes.List(path);
            }
            catch (SyscallException error) when (error.Errno == Errno.EOPNOTSUPP)
            {
                return [];
            }
            catch (SyscallException cause)
            {
                throw Unreadable(path, cause);
            }
        }

        private static GuestAssetException Unreadable(string path, Exception cause) => new(
            FailureKind.HostDenied, $"cannot read \"{path}\" of the root file system", "run as the user who made it, or as root", cause);
    }
}
