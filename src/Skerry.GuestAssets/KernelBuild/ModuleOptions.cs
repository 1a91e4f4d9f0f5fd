using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>Which modules a kernel needs, by its configuration: none for what it has built in.</summary>
internal static class ModuleOptions
{
    private static readonly Dictionary<string, string> s_options = new(StringComparer.Ordinal)
    {
        ["virtio_mmio"] = "VIRTIO_MMIO",
        ["virtio_pci"] = "VIRTIO_PCI",
        ["virtio_console"] = "VIRTIO_CONSOLE",
        ["virtiofs"] = "VIRTIO_FS",
        ["virtio_rng"] = "HW_RANDOM_VIRTIO",
        ["overlay"] = "OVERLAY_FS",
        ["virtio_blk"] = "VIRTIO_BLK",
        ["virtio_net"] = "VIRTIO_NET",
        ["vmw_vsock_virtio_transport"] = "VIRTIO_VSOCKETS",
        ["virtio_balloon"] = "VIRTIO_BALLOON",
        ["virtio_mem"] = "VIRTIO_MEM",
    };

    /// <summary>Without these a guest works; it only cannot do what it may be asked for.</summary>
    private static readonly string[] s_optional = ["virtio_balloon", "virtio_mem"];

    /// <summary>Those of <paramref name="modules"/> that are not built into a kernel of this configuration, in their order.</summary>
    /// <exception cref="GuestAssetException">InvalidArgument for a kernel that has neither built in nor as a module what is wanted; NotFound for one whose modules are not there.</exception>
    internal static IReadOnlyList<string> NotBuiltIn(IEnumerable<string> modules, KernelConfig config, HostKernel kernel)
    {
        string[] needed =
        [
            .. modules.Where(module => !s_options.TryGetValue(module, out string? option) || config[option] != "y")
                .Where(module => !s_optional.Contains(module) || (config["MODULES"] == "y" && config.Has(s_options[module]))),
        ];
        string[] lacking = [.. needed.Where(module => config["MODULES"] != "y" || (s_options.TryGetValue(module, out string? option) && !config.Has(option)))];
        if (lacking.Length == 0 && needed.Length > 0 && kernel.ModulesDirectory is null)
        {
            throw new GuestAssetException(
                FailureKind.NotFound,
                $"the kernel \"{kernel.ImagePath}\" has only as modules what a guest needs ({string.Join(", ", needed)}), and there is no directory of its modules",
                "give it: --modules DIR");
        }

        return lacking.Length == 0
            ? needed
            : throw new GuestAssetException(
                FailureKind.InvalidArgument,
                $"the kernel \"{kernel.ImagePath}\" has neither built in nor as a module: {string.Join(", ", lacking.Select(Name))}",
                "use a kernel that has them: Debian's, or one of \"skerry kernel install\"");
    }

    private static string Name(string module) => s_options.TryGetValue(module, out string? option) ? "CONFIG_" + option : module;
}
