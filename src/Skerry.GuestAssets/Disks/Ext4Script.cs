using System.Globalization;
using System.Text;
using Skerry.Core;
using Skerry.GuestAssets.Rootfs;
using Skerry.Linux;

namespace Skerry.GuestAssets.Disks;

/// <summary>The commands that make debugfs(8) fill an empty ext4 with a tree, in the tree's order.</summary>
internal sealed class Ext4Script(FileSystemRequest request)
{
    private readonly StringBuilder _script = new();
    private int _attributes;

    internal async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        string epoch = request.Epoch.ToString(CultureInfo.InvariantCulture);
        Say($"set_current_time @{epoch}");
        Say("rmdir lost+found");
        foreach (RootfsEntry entry in request.Tree.Entries)
        {
            Make(entry);
            await SetAttributesAsync(entry, cancellationToken).ConfigureAwait(false);
        }

        SetTimesOfReserved(epoch);
        foreach (string field in (string[])["mkfs_time", "lastcheck", "wtime"])
        {
            Say($"set_super_value {field} @{epoch}");
        }

        return _script.ToString();
    }

    /// <summary>mke2fs made the list of bad blocks and the root, at a time of its own.</summary>
    private void SetTimesOfReserved(string epoch)
    {
        foreach (string field in (string[])["atime", "ctime", "mtime", "crtime"])
        {
            Say($"set_inode_field <1> {field} @{epoch}");
            Say($"set_inode_field <2> {field} @{epoch}");
        }
    }

    private void Make(RootfsEntry entry)
    {
        string path = Quote("/" + entry.Path);
        if (entry.HardLinkTo is { } first)
        {
            Say($"ln {Quote("/" + first)} {path}");
            return;
        }

        // write, symlink and mknod take a name in the current directory only.
        Say($"cd {Quote("/" + entry.Directory)}");
        string name = Quote(entry.Name);
        switch (entry.Type)
        {
            case FileModes.S_IFDIR when entry.Path.Length > 0:
                Say($"mkdir {name}");
                break;
            case FileModes.S_IFREG:
                Say($"write {Quote(entry.SourcePath)} {name}");
                break;
            case FileModes.S_IFLNK:
                Say($"symlink {name} {Quote(entry.LinkTarget)}");
                break;
            case FileModes.S_IFCHR or FileModes.S_IFBLK:
                Say(string.Create(CultureInfo.InvariantCulture, $"mknod {name} {(entry.Type == FileModes.S_IFCHR ? 'c' : 'b')} {entry.Device.Major} {entry.Device.Minor}"));
                break;
            case FileModes.S_IFIFO:
                Say($"mknod {name} p");
                break;
            default:
                break; // The root is there already.
        }

        SetOwner(path, entry);
    }

    private void SetOwner(string path, RootfsEntry entry)
    {
        Say($"set_inode_field {path} mode 0{Convert.ToString(entry.Mode, 8)}");
        Say(string.Create(CultureInfo.InvariantCulture, $"set_inode_field {path} uid {entry.Uid}"));
        Say(string.Create(CultureInfo.InvariantCulture, $"set_inode_field {path} gid {entry.Gid}"));
        if (entry.Links > 1)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"set_inode_field {path} links_count {entry.Links}"));
        }
    }

    private async Task SetAttributesAsync(RootfsEntry entry, CancellationToken cancellationToken)
    {
        foreach ((string name, byte[] value) in entry.HardLinkTo is null ? entry.Attributes : [])
        {
            string file = Path.Combine(request.WorkDirectory, $"attribute{_attributes++}");
            await File.WriteAllBytesAsync(file, value, cancellationToken).ConfigureAwait(false);
            Say($"ea_set -f {Quote(file)} {Quote("/" + entry.Path)} {name}");
        }
    }

    private void Say(string command) => _script.Append(command).Append('\n');

    private static string Quote(string word) => word.AsSpan().IndexOfAny("\"\n\r") < 0
        ? $"\"{word}\""
        : throw new GuestAssetException(
            FailureKind.InvalidArgument, $"the name \"{word}\" has a quote or a line break, which debugfs cannot take", "rename it, or build an erofs image");
}
