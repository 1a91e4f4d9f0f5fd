using System.Globalization;
using Skerry.Core;
using Skerry.GuestAssets.Disks;
using Skerry.GuestAssets.Rootfs;

namespace Skerry.Cli.Commands.Image;

/// <summary>Makes a disk image from a root file system, or from the agent alone, and says how to boot it.</summary>
internal static class RootImageBuild
{
    internal static async Task<int> RunAsync(CommandContext context, RootImageOptions options, CancellationToken cancellationToken)
    {
        if (options.Rootfs is { } rootfs)
        {
            return await BuildAsync(context, options, rootfs, cancellationToken);
        }

        DirectoryInfo scratch = Directory.CreateTempSubdirectory("skerry-rootfs-");
        try
        {
            string tiny = Path.Combine(scratch.FullName, "rootfs");
            TinyRootfs.Create(tiny, options.Agent);
            return await BuildAsync(context, options, tiny, cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    internal static string Mebibytes(long bytes) => $"{bytes / 1048576.0:F1} MiB";

    private static async Task<int> BuildAsync(CommandContext context, RootImageOptions options, string rootfs, CancellationToken cancellationToken)
    {
        if (options.Format == "initramfs")
        {
            return await BuildInitramfsAsync(context, options, rootfs, cancellationToken);
        }

        var request = new DiskImageRequest
        {
            RootfsDirectory = rootfs,
            OutputPath = Path.GetFullPath(options.Output),
            Type = TypeOf(options.Format),
            Verity = options.Verity,
            Architecture = options.Architecture,
            Epoch = Epoch(),
        };
        DiskImage image = await context.Output.ShowProgressAsync(progress =>
            DiskImageBuilder.BuildAsync(request, new GuestImageSteps(progress), cancellationToken));
        context.Output.WriteLine($"image     {image.Path} ({options.Format}, {Mebibytes(image.SizeBytes)}), {(image.Rebuilt ? "built" : "up to date")}");
        context.Output.WriteLine($"sha256    {image.Digest}");
        if (image.Verity is { } verity)
        {
            context.Output.WriteLine($"kernel_verity_params = \"{verity}\"");
        }

        return ExitCodes.Success;
    }

    private static async Task<int> BuildInitramfsAsync(CommandContext context, RootImageOptions options, string rootfs, CancellationToken cancellationToken)
    {
        if (options.Verity)
        {
            throw new SkerryException(FailureKind.InvalidArgument, "an initramfs cannot be verified by dm-verity", "choose ext4, xfs or erofs as --format");
        }

        string output = Path.GetFullPath(options.Output);
        string digest = await RootfsInitramfs.WriteAsync(rootfs, output, options.Architecture, cancellationToken);
        context.Output.WriteLine($"initramfs {output} ({Mebibytes(new FileInfo(output).Length)}), built");
        context.Output.WriteLine($"sha256    {digest}");
        return ExitCodes.Success;
    }

    private static RootfsType TypeOf(string format) => format switch
    {
        "ext4" => RootfsType.Ext4,
        "xfs" => RootfsType.Xfs,
        "erofs" => RootfsType.Erofs,
        _ => throw new SkerryException(FailureKind.InvalidArgument, $"there is no image format \"{format}\"", "use initramfs, ext4, xfs or erofs"),
    };

    /// <summary>The time of all files: SOURCE_DATE_EPOCH, as reproducible builds agree on.</summary>
    internal static long Epoch() =>
        Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") is not { Length: > 0 } text ? DiskImageRequest.DefaultEpoch
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds is > 0 and < int.MaxValue ? seconds
        : throw new SkerryException(FailureKind.InvalidArgument, $"SOURCE_DATE_EPOCH=\"{text}\" is not a time in seconds since 1970");
}
