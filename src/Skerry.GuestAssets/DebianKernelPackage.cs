using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>
/// Gets Debian's cloud kernel without installing it: the package is downloaded by apt-get and unpacked into a directory of
/// ours. Installing would run hooks that rebuild the host's own initramfs and boot menu, for a kernel the host never boots.
/// </summary>
public sealed class DebianKernelPackage(string cacheDirectory)
{
    private const string MetaPackage = "linux-image-cloud-amd64";

    /// <summary>The newest kernel unpacked earlier; null when there is none.</summary>
    public HostKernel? FindUnpacked() => KernelFinder.FindNewest(cacheDirectory);

    /// <summary>Downloads and unpacks the kernel that Debian's meta package names now. Needs no root.</summary>
    /// <exception cref="GuestAssetException">Unavailable when apt cannot get it; HostDenied without apt-get or dpkg-deb.</exception>
    public async Task<HostKernel> DownloadAsync(CancellationToken cancellationToken)
    {
        string package = await ResolvePackageAsync(cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(cacheDirectory);
        string scratch = Directory.CreateTempSubdirectory("skerry-kernel-").FullName;
        try
        {
            await AptAsync(["download", "-q", package], $"download {package}", scratch, cancellationToken).ConfigureAwait(false);
            string file = Directory.GetFiles(scratch, "*.deb").Single();
            await UnpackAsync(file, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return FindUnpacked() ?? throw new GuestAssetException(FailureKind.Internal, $"the package {package} holds no kernel");
    }

    private static async Task<string> ResolvePackageAsync(CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync("apt-cache", ["depends", MetaPackage], "apt", default, cancellationToken).ConfigureAwait(false);
        const string depends = "Depends: ";
        string? line = Encoding.UTF8.GetString(result.Output).Split('\n').Select(text => text.Trim())
            .FirstOrDefault(text => text.StartsWith(depends + "linux-image-", StringComparison.Ordinal));
        return line?[depends.Length..] ?? throw Unavailable($"find {MetaPackage}", result);
    }

    private static async Task AptAsync(string[] arguments, string doing, string directory, CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync("apt-get", arguments, "apt", default, cancellationToken, directory).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw Unavailable(doing, result);
        }
    }

    private async Task UnpackAsync(string file, CancellationToken cancellationToken)
    {
        // Unpacked beside its final place and moved there kernel last: KernelFinder sees it only once its modules are whole.
        string scratch = Path.Combine(cacheDirectory, $".unpack-{Guid.NewGuid():N}");
        try
        {
            ToolResult result = await Tool.RunAsync("dpkg-deb", ["-x", file, scratch], "dpkg", default, cancellationToken).ConfigureAwait(false);
            if (result.ExitCode != 0)
            {
                throw new GuestAssetException(FailureKind.ResourceExhausted, $"cannot unpack \"{file}\": {result.LastError}", "free some space (the kernel needs 120 MB)");
            }

            HostKernel kernel = KernelFinder.FindNewest(scratch)
                ?? throw new GuestAssetException(FailureKind.Internal, $"\"{Path.GetFileName(file)}\" holds no cloud kernel");
            string modules = Path.Combine(cacheDirectory, "lib/modules", kernel.Version);
            MoveInto(modules, () => Directory.Move(kernel.ModulesDirectory!, modules), () => Directory.Delete(modules, recursive: true));
            string image = Path.Combine(cacheDirectory, "boot", Path.GetFileName(kernel.ImagePath));
            MoveInto(image, () => File.Move(kernel.ImagePath, image, overwrite: true), () => { });
        }
        finally
        {
            if (Directory.Exists(scratch))
            {
                Directory.Delete(scratch, recursive: true);
            }
        }
    }

    private static void MoveInto(string target, Action move, Action removeOld)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (Directory.Exists(target))
        {
            removeOld();
        }

        move();
    }

    private static GuestAssetException Unavailable(string doing, ToolResult result) => new(
        FailureKind.Unavailable,
        $"cannot {doing}: {result.LastError}",
        "run apt-get update and try again; or give a kernel you have, with its modules directory");
}
