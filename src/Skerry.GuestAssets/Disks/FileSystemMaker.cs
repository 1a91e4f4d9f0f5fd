using Skerry.Core;

namespace Skerry.GuestAssets.Disks;

/// <summary>Makes the file system inside a disk image, with Debian's programs and without mounting anything.</summary>
internal abstract class FileSystemMaker
{
    /// <summary>The unit of all three file systems, and of dm-verity.</summary>
    internal const int BlockBytes = 4096;

    internal static FileSystemMaker For(RootfsType type) => type switch
    {
        RootfsType.Ext4 => new Ext4Maker(),
        RootfsType.Xfs => new XfsMaker(),
        RootfsType.Erofs => new ErofsMaker(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Makes the file; its length is a multiple of <see cref="BlockBytes"/>. The same request gives the same bytes.</summary>
    /// <exception cref="GuestAssetException">A program is missing or fails; ResourceExhausted on a full disk.</exception>
    internal abstract Task MakeAsync(FileSystemRequest request, CancellationToken cancellationToken);

    /// <summary>Runs a program that must end well; <paramref name="path"/> is the file it makes.</summary>
    protected static async Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string package, string path, CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync(program, arguments, package, default, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result : throw Failed(program, result.LastError, path);
    }

    /// <summary>The error of a program that failed; a full disk is told apart, which some of them do not say.</summary>
    protected static GuestAssetException Failed(string program, string words, string path)
    {
        const long nothing = 256 * 1024;
        bool full = words.Contains("No space left", StringComparison.OrdinalIgnoreCase) || new DriveInfo(path).AvailableFreeSpace < nothing;
        return new GuestAssetException(
            full ? FailureKind.ResourceExhausted : FailureKind.Internal,
            $"{program} could not make the file system{(full ? ", since the disk is full" : string.Empty)}: {words}",
            full ? "make room, or choose another --output" : null);
    }

    /// <summary>Makes <paramref name="path"/> a file of <paramref name="bytes"/> that takes no room yet.</summary>
    protected static void Reserve(string path, long bytes)
    {
        using FileStream file = File.Create(path);
        file.SetLength(bytes);
    }

    protected static long Blocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes;
}
