using System.Globalization;
using System.Text;
using Skerry.GuestAssets.Rootfs;
using Skerry.Linux;

namespace Skerry.GuestAssets.Disks;

/// <summary>
/// Makes ext4: mke2fs writes an empty file system, a script for debugfs fills it. mke2fs -d would take over the order of the
/// host's directories and the host's change times, and need root for owners.
/// </summary>
internal sealed class Ext4Maker : FileSystemMaker
{
    private const string Package = "e2fsprogs";
    private const int InodeBytes = 256;

    /// <summary>No journal, since the guest mounts it read-only; nothing that depends on the host's mke2fs.conf.</summary>
    private const string Features = "none,extent,filetype,sparse_super,large_file,ext_attr,dir_nlink,extra_isize";

    internal override async Task MakeAsync(FileSystemRequest request, CancellationToken cancellationToken)
    {
        Reserve(request.Path, SizeFor(request.Tree));
        await FormatAsync(request, cancellationToken).ConfigureAwait(false);
        await FillAsync(request, cancellationToken).ConfigureAwait(false);
        await CheckAsync(request.Path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Contents, inodes and directories, with room for maps and rounding: an image that is not written to needs no more.</summary>
    internal static long SizeFor(RootfsTree tree)
    {
        long blocks = 0;
        foreach (RootfsEntry entry in tree.Entries.Where(entry => entry.HardLinkTo is null))
        {
            // An extent tree takes a block of its own when a file is in many pieces; a directory at least one.
            blocks += Blocks(entry.SizeBytes) + (entry.SizeBytes > 256L << 20 ? 2 : 0);
            blocks += entry.Type == FileModes.S_IFDIR || entry.LinkTarget.Length > 59 ? 1 : 0;
            blocks += entry.Attributes.Count > 0 ? 1 : 0;
        }

        long names = tree.Entries.Sum(entry => 12L + Encoding.UTF8.GetByteCount(entry.Name));
        long inodes = Blocks(InodesFor(tree) * (long)InodeBytes);
        blocks += inodes + Blocks(2 * names);
        long groups = (blocks / (BlockBytes * 8)) + 1;
        return (blocks + (groups * 8) + (blocks / 50) + 64) * BlockBytes;
    }

    private static int InodesFor(RootfsTree tree) => tree.Entries.Count + 32;

    private static async Task FormatAsync(FileSystemRequest request, CancellationToken cancellationToken)
    {
        string uuid = request.Uuid.ToString();
        string[] arguments =
        [
            "-q", "-F", "-t", "ext4", "-b", Text(BlockBytes), "-I", Text(InodeBytes), "-N", Text(InodesFor(request.Tree)), "-m", "0", "-O", Features,
            "-U", uuid, "-L", "rootfs", "-E", $"root_owner=0:0,lazy_itable_init=0,nodiscard,hash_seed={uuid}", request.Path,
        ];
        await RunAsync("mke2fs", arguments, Package, request.Path, cancellationToken).ConfigureAwait(false);
    }

    private static async Task FillAsync(FileSystemRequest request, CancellationToken cancellationToken)
    {
        string script = Path.Combine(request.WorkDirectory, "debugfs.script");
        await File.WriteAllTextAsync(script, await new Ext4Script(request).WriteAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        ToolResult result = await RunAsync("debugfs", ["-w", "-f", script, request.Path], Package, request.Path, cancellationToken).ConfigureAwait(false);

        // debugfs ends well whatever its commands did; what failed is on standard error, below its own name and version.
        string[] complaints = [.. result.LastError.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("debugfs ", StringComparison.Ordinal))];
        if (complaints.Length > 0)
        {
            throw Failed("debugfs", complaints[0], request.Path);
        }
    }

    private static async Task CheckAsync(string path, CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync("e2fsck", ["-f", "-n", path], Package, default, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw Failed("e2fsck", Encoding.UTF8.GetString(result.Output).Trim(), path);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
