using System.Globalization;
using System.Text;
using Skerry.Core;
using Skerry.GuestAssets.Disks;
using Skerry.GuestAssets.KernelBuild;
using Skerry.GuestAssets.Rootfs;

namespace Skerry.GuestAssets.Installation;

/// <summary>
/// Puts built assets in place under names that hold their digest, and points the configuration at them by one file of <c>config.d/</c>.
/// The file before it is kept: restoring exchanges the two, and no asset is overwritten or removed, so running guests are not touched.
/// </summary>
public static class AssetInstaller
{
    /// <summary>The file of <c>config.d/</c> that names installed assets.</summary>
    public const string DropInName = "50-assets.toml";
    private const string FormerName = ".assets-former.toml";
    private const int DigestDigits = 12;

    /// <summary>Installs; returns the lines that the configuration now has.</summary>
    /// <exception cref="GuestAssetException">A file that is not what its facts say, a kernel that cannot boot the image, no space.</exception>
    public static async Task<IReadOnlyList<string>> InstallAsync(InstallRequest request, CancellationToken cancellationToken)
    {
        if (request.Kernel is null && request.Image is null)
        {
            throw new GuestAssetException(FailureKind.InvalidArgument, "nothing to install is named", "name --image, --kernel or both; or --restore");
        }

        string kernel = request.Kernel ?? request.CurrentKernel;
        DiskImageFacts? facts = request.Image is { } image ? DiskImageFacts.Read(image) : null;
        await CheckAsync(request, kernel, facts, cancellationToken).ConfigureAwait(false);
        var lines = new List<string>();
        if (request.Kernel is not null)
        {
            lines.Add($"kernel = \"{await PlaceAsync(request.Kernel, "vmlinux", request.Directory, cancellationToken).ConfigureAwait(false)}\"");
        }

        if (request.Image is not null)
        {
            lines.AddRange(await PlaceImageAsync(request.Image, facts, request.Directory, cancellationToken).ConfigureAwait(false));
        }

        // A kernel alone keeps the image of the installation before it.
        lines.InsertRange(0, KeptLines(request));
        string text = $"# Written by skerry install-assets; skerry install-assets --restore brings back what was before.\n[hypervisor.qemu]\n{string.Join('\n', lines)}\n";
        await ExchangeAsync(request.ConfigurationFile, Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
        return lines;
    }

    /// <summary>Brings the assets before the last installation back; once more brings the installed ones back.</summary>
    /// <exception cref="GuestAssetException">NotFound when nothing was installed.</exception>
    public static async Task RestoreAsync(string configurationFile, CancellationToken cancellationToken)
    {
        string former = FormerFile(configurationFile);
        if (!File.Exists(former))
        {
            throw new GuestAssetException(FailureKind.NotFound, $"no assets were installed for \"{configurationFile}\"", "install some: skerry install-assets --image FILE");
        }

        await ExchangeAsync(configurationFile, await File.ReadAllBytesAsync(former, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private static async Task CheckAsync(InstallRequest request, string kernel, DiskImageFacts? facts, CancellationToken cancellationToken)
    {
        if (request.Image is { } image && !File.Exists(image))
        {
            throw new GuestAssetException(FailureKind.NotFound, $"there is no image \"{image}\"", "build it: skerry image build --format ext4");
        }

        if (facts is null)
        {
            return;
        }

        if (Convert.ToHexStringLower(FileDigest.Sha256(request.Image!)) != facts.Digest)
        {
            throw new GuestAssetException(FailureKind.FailedPrecondition, $"\"{request.Image}\" is not the image that \"{DiskImageFacts.PathFor(request.Image!)}\" tells of: it was changed", "build it again");
        }

        if (facts.Architecture != RootfsAgent.HostArchitecture)
        {
            throw new GuestAssetException(FailureKind.InvalidArgument, $"\"{request.Image}\" is for {facts.Architecture}, and this host is {RootfsAgent.HostArchitecture}", "build it with an agent for this one");
        }

        await CheckKernelAsync(kernel, facts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A kernel that does not tell its configuration may be right; one with modules beside it is known not to be.</summary>
    private static async Task CheckKernelAsync(string kernel, DiskImageFacts facts, CancellationToken cancellationToken)
    {
        var use = new KernelUse { RootFileSystem = facts.RootfsType, Verity = facts.KernelVerityParams.Length > 0 };
        IEnumerable<string> lacks = await KernelConfigReader.FindAsync(kernel, cancellationToken).ConfigureAwait(false) is { } config
            ? KernelNeeds.Missing(config, use).Concat(KernelNeeds.OnlyAsModule(config, use))
            : GuestImageStamp.ModulesBeside(kernel).Contains("virtio_blk") ? ["CONFIG_VIRTIO_BLK (the root disk image), other than as a module"] : [];
        string[] all = [.. lacks.Distinct()];
        if (all.Length > 0)
        {
            throw new GuestAssetException(
                FailureKind.FailedPrecondition,
                $"the kernel \"{kernel}\" cannot boot a root disk: it lacks {string.Join(", ", all)}",
                "build one that has it built in: skerry kernel install; and name it with --kernel");
        }
    }

    private static async Task<IReadOnlyList<string>> PlaceImageAsync(string image, DiskImageFacts? facts, string directory, CancellationToken cancellationToken)
    {
        string placed = await PlaceAsync(image, "rootfs", directory, cancellationToken).ConfigureAwait(false);
        return facts is null
            ? [$"initrd = \"{placed}\"", "image = \"\"", "kernel_verity_params = \"\""]
            : ["initrd = \"\"", $"image = \"{placed}\"", $"rootfs_type = \"{facts.RootfsType}\"", $"kernel_verity_params = \"{facts.KernelVerityParams}\""];
    }

    private static async Task<string> PlaceAsync(string source, string name, string directory, CancellationToken cancellationToken)
    {
        string digest = Convert.ToHexStringLower(FileDigest.Sha256(source))[..DigestDigits];
        string target = Path.Combine(Path.GetFullPath(directory), string.Create(CultureInfo.InvariantCulture, $"{name}-{digest}.img"));
        if (!File.Exists(target))
        {
            using WorkDirectory work = await WorkDirectory.TakeAsync(target, cancellationToken).ConfigureAwait(false);
            try
            {
                File.Copy(source, work["copy"]);
                File.Move(work["copy"], target, overwrite: true);
            }
            catch (IOException cause)
            {
                throw new GuestAssetException(FailureKind.ResourceExhausted, $"cannot copy \"{source}\" to \"{target}\"", "make room, or choose another --directory", cause);
            }
        }

        return target;
    }

    private static IEnumerable<string> KeptLines(InstallRequest request)
    {
        string[] replaced = [.. request.Kernel is null ? (string[])[] : ["kernel"], .. request.Image is null ? (string[])[] : ["initrd", "image", "rootfs_type", "kernel_verity_params"]];
        string file = DropInFile(request.ConfigurationFile);
        return File.Exists(file)
            ? File.ReadAllLines(file).Where(line => line.Contains(" = ", StringComparison.Ordinal) && !replaced.Contains(line.Split(' ')[0]))
            : [];
    }

    /// <summary>Empty text takes the file away: then nothing is installed.</summary>
    private static async Task ExchangeAsync(string configurationFile, byte[] text, CancellationToken cancellationToken)
    {
        string dropIn = DropInFile(configurationFile);
        byte[] former = File.Exists(dropIn) ? await File.ReadAllBytesAsync(dropIn, cancellationToken).ConfigureAwait(false) : [];
        if (text.Length > 0)
        {
            await AtomicFile.WriteAsync(dropIn, text, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            File.Delete(dropIn);
        }

        await AtomicFile.WriteAsync(FormerFile(configurationFile), former, cancellationToken).ConfigureAwait(false);
    }

    private static string DropInFile(string configurationFile) => Path.Combine(Path.GetDirectoryName(configurationFile)!, "config.d", DropInName);

    /// <summary>Not in config.d, where every file counts.</summary>
    private static string FormerFile(string configurationFile) => Path.Combine(Path.GetDirectoryName(configurationFile)!, FormerName);
}
