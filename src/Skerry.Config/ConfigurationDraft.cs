using System.Globalization;

namespace Skerry.Config;

/// <summary>The last step of loading: what depends on several keys or on the host. Clamps are Kata's; each says so in a warning.</summary>
internal sealed class ConfigurationDraft(SkerryConfig config, SettingCollector settings, int hostProcessors)
{
    /// <summary>The most virtual processors QEMU's machines take.</summary>
    private const int MachineLimit = 255;

    private readonly List<ConfigWarning> _warnings = [];

    internal SkerryConfig Config { get; private set; } = config;

    internal IReadOnlyList<ConfigWarning> Warnings => _warnings;

    internal void Finish()
    {
        ChooseInitrdOrImage();
        WarnOfUnusedVerity();
        ClampProcessors();
        AllowTheConfiguredPrograms();
        CheckNetwork();
        CheckDisks();
        CheckGrowth();
    }

    /// <summary>
    /// The image and the initramfs exclude each other: in files that is a fault, while a flag or annotation that names one takes
    /// the other's place, and naming an image drops the default initramfs.
    /// </summary>
    private void ChooseInitrdOrImage()
    {
        HypervisorConfig hypervisor = Config.Hypervisor;
        if (hypervisor.Image is null || hypervisor.Initrd is null)
        {
            return;
        }

        bool imageFromFile = OriginOf("image").Line > 0;
        bool initrdFromFile = OriginOf("initrd").Line > 0;
        if (IsSet("initrd") && imageFromFile == initrdFromFile)
        {
            settings.AddFault(OriginOf("image"), $"image and initrd exclude each other; initrd is set at {OriginOf("initrd")}");
        }

        Config = Config with
        {
            Hypervisor = IsSet("initrd") && imageFromFile ? hypervisor with { Image = null } : hypervisor with { Initrd = null },
        };
    }

    private void CheckNetwork()
    {
        if (Config.Runtime is { DisableNewNetns: true, InternetworkingModel: not "none" } runtime)
        {
            settings.AddFault(
                settings.ByName.TryGetValue("runtime.disable_new_netns", out ConfigSetting? setting) ? setting.Origin : ConfigOrigin.Default,
                $"disable_new_netns needs internetworking_model = \"none\"; it is \"{runtime.InternetworkingModel}\"");
        }
    }

    private void CheckDisks()
    {
        HypervisorConfig hypervisor = Config.Hypervisor;
        if (hypervisor is { BlockDeviceAio: "native" } and not { BlockDeviceCacheSet: true, BlockDeviceCacheDirect: true })
        {
            settings.AddFault(
                OriginOf("block_device_aio"), "block_device_aio = \"native\" needs block_device_cache_set and block_device_cache_direct; or use \"threads\" or \"io_uring\"");
        }

        if (hypervisor is { BlockDevicePhysicalSectorSize: > 0 and uint physical, BlockDeviceLogicalSectorSize: uint logical } && physical < logical)
        {
            settings.AddFault(OriginOf("block_device_physical_sector_size"), string.Create(
                CultureInfo.InvariantCulture, $"block_device_physical_sector_size = {physical} is less than block_device_logical_sector_size = {logical}"));
        }
    }

    /// <summary>Somebody who sets a root hash believes that something is verified.</summary>
    private void WarnOfUnusedVerity()
    {
        if (Config.Hypervisor is { KernelVerityParams: not null, Image: null })
        {
            _warnings.Add(new ConfigWarning($"{OriginOf("kernel_verity_params")}: kernel_verity_params has no effect without image: an initramfs is not verified"));
        }
    }

    private void CheckGrowth()
    {
        HypervisorConfig hypervisor = Config.Hypervisor;
        if (hypervisor.DefaultMaxMemoryMiB > 0 && hypervisor.DefaultMemoryMiB > hypervisor.DefaultMaxMemoryMiB)
        {
            settings.AddFault(
                OriginOf("default_memory"),
                string.Create(CultureInfo.InvariantCulture, $"default_memory = {hypervisor.DefaultMemoryMiB} is more than default_maxmemory = {hypervisor.DefaultMaxMemoryMiB}, set at {OriginOf("default_maxmemory")}"));
        }

        if (Config.Runtime.StaticSandboxResourceMgmt)
        {
            WarnOfUnusedVirtioMem();
        }
        else if (hypervisor.MachineType == "microvm")
        {
            settings.AddFault(
                OriginOf("machine_type"),
                "machine_type = \"microvm\" takes neither processors nor memory while it runs, which static_sandbox_resource_mgmt = false asks for; "
                + "set static_sandbox_resource_mgmt = true, or machine_type = \"q35\" or \"\"");
        }
    }

    private void WarnOfUnusedVirtioMem()
    {
        if (Config.Hypervisor.EnableVirtioMem)
        {
            _warnings.Add(new ConfigWarning($"{OriginOf("enable_virtio_mem")}: enable_virtio_mem has no effect with static_sandbox_resource_mgmt = true: memory does not change then"));
        }
    }

    private void ClampProcessors()
    {
        HypervisorConfig hypervisor = Config.Hypervisor;
        double vcpus = hypervisor.DefaultVcpus;
        uint most = hypervisor.DefaultMaxVcpus;
        if (vcpus < 0 || vcpus > hostProcessors)
        {
            WarnWhenTooMany("default_vcpus", vcpus);
            vcpus = Math.Min(hostProcessors, MachineLimit);
        }

        if (most == 0 || most > hostProcessors)
        {
            WarnWhenTooMany("default_maxvcpus", most);
            most = (uint)hostProcessors;
        }

        most = Math.Min(most, MachineLimit);

        vcpus = vcpus == 0 ? 1 : vcpus;
        if (Math.Ceiling(vcpus) > most)
        {
            settings.AddFault(OriginOf("default_vcpus"), string.Create(CultureInfo.InvariantCulture, $"default_vcpus = {vcpus} is more than default_maxvcpus = {most}, set at {OriginOf("default_maxvcpus")}"));
        }

        Config = Config with { Hypervisor = hypervisor with { DefaultVcpus = vcpus, DefaultMaxVcpus = most } };
    }

    private void WarnWhenTooMany(string key, double asked)
    {
        if (asked > hostProcessors)
        {
            _warnings.Add(new ConfigWarning(string.Create(
                CultureInfo.InvariantCulture,
                $"{OriginOf(key)}: {key} = {asked} is more than the host's {hostProcessors} processors; {hostProcessors} are used")));
        }
    }

    /// <summary>A list of what annotations may choose that is not given holds what is configured.</summary>
    private void AllowTheConfiguredPrograms()
    {
        HypervisorConfig hypervisor = Config.Hypervisor;
        Config = Config with
        {
            Hypervisor = hypervisor with
            {
                ValidHypervisorPaths = IsSet("valid_hypervisor_paths") ? hypervisor.ValidHypervisorPaths : [hypervisor.Path],
                ValidVirtioFsDaemonPaths = IsSet("valid_virtio_fs_daemon_paths") ? hypervisor.ValidVirtioFsDaemonPaths : [hypervisor.VirtioFsDaemon],
            },
        };
    }

    private bool IsSet(string name) => settings.ByName.ContainsKey("hypervisor." + name);

    private ConfigOrigin OriginOf(string name) =>
        settings.ByName.TryGetValue("hypervisor." + name, out ConfigSetting? setting) ? setting.Origin : ConfigOrigin.Default;
}
