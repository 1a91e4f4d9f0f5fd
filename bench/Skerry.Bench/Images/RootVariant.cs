using Skerry.Bench.Hosts;

namespace Skerry.Bench.Images;

/// <summary>One form of a guest's root: the agent alone, as initramfs or as disk image.</summary>
/// <param name="Name">As in "erofs image, verified".</param>
/// <param name="File">Its file.</param>
/// <param name="Settings">What the configuration says of it.</param>
/// <param name="NeedsQ35">True for a root that only q35 can show.</param>
public sealed record RootVariant(string Name, string File, string Settings, bool NeedsQ35 = false)
{
    /// <summary>What the others are compared with.</summary>
    public const string Reference = "initramfs";

    public bool RunsOn(string machineType) => machineType == "q35" || !NeedsQ35;

    /// <summary>Builds all of them into <paramref name="directory"/>.</summary>
    public static async Task<IReadOnlyList<RootVariant>> MakeAllAsync(SkerryHost host, string directory, CancellationToken cancellationToken)
    {
        string initramfs = Path.Combine(directory, "root-initrd.img");
        (await host.RunAsync(["image", "build", "--format", "initramfs", "--output", initramfs], cancellationToken)).Ok();
        RootVariant ext4 = await DiskAsync(host, directory, "ext4", false, cancellationToken);
        RootVariant erofs = await DiskAsync(host, directory, "erofs", false, cancellationToken);
        return
        [
            new RootVariant(Reference, initramfs, $"initrd = \"{initramfs}\"\n"),
            ext4,
            erofs,
            await DiskAsync(host, directory, "erofs", true, cancellationToken),
            ext4 with { Name = "ext4 image, NVDIMM", Settings = ext4.Settings + "vm_rootfs_driver = \"nvdimm\"\n", NeedsQ35 = true },
        ];
    }

    private static async Task<RootVariant> DiskAsync(SkerryHost host, string directory, string format, bool verity, CancellationToken cancellationToken)
    {
        string name = verity ? $"{format} image, verified" : $"{format} image";
        string file = Path.Combine(directory, $"root-{format}{(verity ? "-verity" : "")}.img");
        string[] flags = verity ? ["--verity"] : [];
        ToolResult built = (await host.RunAsync(["image", "build", "--format", format, "--output", file, .. flags], cancellationToken)).Ok();
        string parameters = built.Output.Split('"') is [_, var text, ..] ? text : string.Empty;
        return new RootVariant(name, file, $"initrd = \"\"\nimage = \"{file}\"\nrootfs_type = \"{format}\"\nkernel_verity_params = \"{parameters}\"\n");
    }
}
