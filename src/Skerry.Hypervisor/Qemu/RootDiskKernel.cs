using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <summary>
/// Tells before a start whether a kernel can mount a root disk: by the configuration in a file beside it, or because the initramfs built
/// with it brings its disk driver as a module. A kernel of which neither is known gets its chance.
/// </summary>
internal static class RootDiskKernel
{
    private const string ConfigFile = "config";
    private const string StampFile = ".guest-image.json";
    private const string Hint = "boot the image with a kernel that has it built in (skerry kernel install), or boot this one with initrd";

    /// <exception cref="HypervisorException">FailedPrecondition, naming what the kernel lacks.</exception>
    internal static void Check(MachineConfig config)
    {
        string directory = Path.GetDirectoryName(config.Kernel) ?? "/";
        string[] options = Read(Path.Combine(directory, ConfigFile)).Split('\n');
        string[] lacks = options.Length > 1 ? [.. Needs(config).Where(need => !options.Contains($"CONFIG_{need}=y")).Select(need => "CONFIG_" + need)]
            : Read(Path.Combine(directory, StampFile)).Contains("\"virtio_blk\"", StringComparison.Ordinal) ? ["CONFIG_VIRTIO_BLK, other than as a module"]
            : [];
        if (lacks.Length > 0)
        {
            throw new HypervisorException(
                FailureKind.FailedPrecondition, $"the guest kernel \"{config.Kernel}\" cannot mount the root disk: it lacks {string.Join(", ", lacks)}", Hint);
        }
    }

    private static IEnumerable<string> Needs(MachineConfig config)
    {
        yield return config.RootDiskDriver switch
        {
            RootDiskDriver.Nvdimm => "ACPI_NFIT",
            RootDiskDriver.VirtioPmem => "VIRTIO_PMEM",
            _ => "VIRTIO_BLK",
        };
        yield return $"{config.RootFsType.ToUpperInvariant()}_FS";
        if (config.ImageVerity is not null)
        {
            yield return "DM_VERITY";
            yield return "DM_INIT";
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // Nobody tells: the kernel itself will.
        }
    }
}
