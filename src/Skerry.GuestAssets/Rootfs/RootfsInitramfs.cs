using Skerry.Core;
using Skerry.Linux;

namespace Skerry.GuestAssets.Rootfs;

/// <summary>Packs a root file system as initramfs, for kernels without disk drivers or guests without a disk.</summary>
public static class RootfsInitramfs
{
    private const string Init = "init";

    /// <summary>Writes the initramfs of the tree at <paramref name="directory"/> to <paramref name="output"/>; returns its SHA-256 in hexadecimal.</summary>
    /// <exception cref="GuestAssetException">No agent, an agent that waits for systemd, another architecture, no space.</exception>
    public static async Task<string> WriteAsync(string directory, string output, string? architecture, CancellationToken cancellationToken)
    {
        RootfsTree tree = RootfsTree.Read(directory);
        RootfsAgent.Check(tree, architecture);
        if (RootfsAgent.IsSystemd(tree.Find(RootfsAgent.InitPath)))
        {
            throw new GuestAssetException(
                FailureKind.FailedPrecondition, $"the init of \"{tree.RootDirectory}\" is systemd, which does not run from an initramfs", "make the agent init (AGENT_INIT=yes), or build a disk image");
        }

        using WorkDirectory work = await WorkDirectory.TakeAsync(output, cancellationToken).ConfigureAwait(false);
        string made = work["initramfs"];
        try
        {
            using (FileStream file = File.Create(made))
            {
                Write(tree, file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            string digest = Convert.ToHexStringLower(FileDigest.Sha256(made));
            File.Move(made, output, overwrite: true);
            return digest;
        }
        catch (IOException cause)
        {
            throw new GuestAssetException(FailureKind.ResourceExhausted, $"cannot write \"{output}\"", "make room, or choose another --output", cause);
        }
    }

    private static void Write(RootfsTree tree, FileStream output, CancellationToken cancellationToken)
    {
        var cpio = new CpioWriter(output);
        foreach (RootfsEntry entry in tree.Entries.Where(entry => entry.Path.Length > 0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            cpio.Write(EntryOf(entry));
        }

        // What the kernel opens before /init runs.
        cpio.Write(CpioEntry.CharacterDevice("dev/console", 0x180, 5, 1));
        cpio.Write(CpioEntry.CharacterDevice("dev/null", 0x1B6, 1, 3));
        if (tree.Find(Init) is null)
        {
            cpio.Write(new CpioEntry(Init, FileModes.S_IFLNK | 0x1FF, "/sbin/init"u8.ToArray()));
        }

        cpio.Finish();
    }

    private static CpioEntry EntryOf(RootfsEntry entry)
    {
        byte[] content = entry.Type switch
        {
            FileModes.S_IFREG => KernelFile.Read(entry.SourcePath),
            FileModes.S_IFLNK => System.Text.Encoding.UTF8.GetBytes(entry.LinkTarget),
            _ => [],
        };
        return new CpioEntry(entry.Path, entry.Mode, content, entry.Device.Major, entry.Device.Minor) { Uid = entry.Uid, Gid = entry.Gid };
    }
}
