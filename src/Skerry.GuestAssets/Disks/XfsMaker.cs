using System.Globalization;
using System.Text;
using Skerry.Core;
using Skerry.GuestAssets.Rootfs;
using Skerry.Linux;

namespace Skerry.GuestAssets.Disks;

/// <summary>Makes xfs from a prototype file, which lists every entry with its mode, owner and content; see mkfs.xfs(8).</summary>
/// <remarks>A prototype knows neither hard links, which become copies, nor extended attributes, nor blanks in names.</remarks>
internal sealed class XfsMaker : FileSystemMaker
{
    private const string Package = "xfsprogs";

    /// <summary>Smaller ones are refused by mkfs.xfs since version 5.19.</summary>
    private const long LeastBytes = 300L << 20;

    internal override async Task MakeAsync(FileSystemRequest request, CancellationToken cancellationToken)
    {
        string prototype = Path.Combine(request.WorkDirectory, "prototype");
        await File.WriteAllTextAsync(prototype, Prototype(request), cancellationToken).ConfigureAwait(false);
        Reserve(request.Path, SizeFor(request.Tree));
        string uuid = request.Uuid.ToString();

        // Sectors as long as blocks: a verified or mapped disk has no shorter ones. Shared extents and DAX exclude each other.
        await RunAsync("mkfs.xfs", ["-q", "-f", "-K", "-s", "size=4096", "-L", "rootfs", "-m", $"uuid={uuid},bigtime=1,reflink=0", "-p", prototype, request.Path], Package, request.Path, cancellationToken)
            .ConfigureAwait(false);
        XfsTimes.Set(request.Path, request.Uuid, request.Epoch);
    }

    /// <summary>Contents, an inode chunk each, a tenth for directories and maps, and the log.</summary>
    internal static long SizeFor(RootfsTree tree)
    {
        long content = tree.Entries.Sum(entry => Blocks(entry.SizeBytes) * BlockBytes);
        long all = content + (tree.Entries.Count * 1024L) + (content / 10) + (96L << 20);
        return Math.Max(LeastBytes, Blocks(all) * BlockBytes);
    }

    private static string Prototype(FileSystemRequest request)
    {
        var text = new StringBuilder("/\n0 0\n");
        var open = new Stack<string>();
        RootfsEntry root = request.Tree.Entries[0];
        text.Append(CultureInfo.InvariantCulture, $"d{Mode(root)} {root.Uid} {root.Gid}\n");
        foreach (RootfsEntry entry in request.Tree.Entries.Skip(1))
        {
            CloseUntil(entry.Directory, open, text);
            text.Append(CultureInfo.InvariantCulture, $"{Word(entry.Name)} {Kind(entry)}{Mode(entry)} {entry.Uid} {entry.Gid}{Content(entry, request)}\n");
            if (entry.Type == FileModes.S_IFDIR)
            {
                open.Push(entry.Path);
            }
        }

        CloseUntil(string.Empty, open, text);
        return text.Append("$\n").ToString();
    }

    private static void CloseUntil(string directory, Stack<string> open, StringBuilder text)
    {
        while (open.TryPeek(out string? innermost) && innermost != directory)
        {
            open.Pop();
            text.Append("$\n");
        }
    }

    private static char Kind(RootfsEntry entry) => entry.Type switch
    {
        FileModes.S_IFDIR => 'd',
        FileModes.S_IFLNK => 'l',
        FileModes.S_IFCHR => 'c',
        FileModes.S_IFBLK => 'b',
        FileModes.S_IFIFO => 'p',
        _ => '-',
    };

    /// <summary>"-" or "u", "-" or "g", and three octal digits; the sticky bit has no place in a prototype.</summary>
    private static string Mode(RootfsEntry entry) =>
        $"{((entry.Mode & FileModes.S_ISUID) != 0 ? 'u' : '-')}{((entry.Mode & FileModes.S_ISGID) != 0 ? 'g' : '-')}{Convert.ToString(entry.Mode & 0b111_111_111, 8).PadLeft(3, '0')}";

    private static string Content(RootfsEntry entry, FileSystemRequest request) => entry.Type switch
    {
        FileModes.S_IFREG => " " + Source(entry.SourcePath, request),
        FileModes.S_IFLNK => " " + Word(entry.LinkTarget),
        FileModes.S_IFCHR or FileModes.S_IFBLK => string.Create(CultureInfo.InvariantCulture, $" {entry.Device.Major} {entry.Device.Minor}"),
        _ => string.Empty,
    };

    /// <summary>A path that may stand in a prototype: a link to the file where its own name may not.</summary>
    private static string Source(string path, FileSystemRequest request)
    {
        if (!path.Any(char.IsWhiteSpace))
        {
            return path;
        }

        string link = Path.Combine(request.WorkDirectory, $"source{Guid.NewGuid():N}");
        File.CreateSymbolicLink(link, path);
        return Word(link);
    }

    private static string Word(string name) => name.Any(char.IsWhiteSpace)
        ? throw new GuestAssetException(
            FailureKind.InvalidArgument, $"the name \"{name}\" has a blank, which a prototype for mkfs.xfs cannot hold", "rename it, or build an ext4 or erofs image")
        : name;
}
