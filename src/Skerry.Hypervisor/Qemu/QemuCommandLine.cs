using System.Globalization;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Builds QEMU's arguments from a machine's configuration. Pure: no file is looked at, the same input gives the same list.</summary>
internal static class QemuCommandLine
{
    /// <summary>The name by which the guest finds its channel under /sys/class/virtio-ports.</summary>
    internal const string ChannelPortName = "skerry.channel0";

    /// <summary>
    /// Most that the emulator keeps of translated code; some 60 MiB of it are a boot's. QEMU's own limit is 1 GiB, which a guest that starts
    /// program after program fills within minutes.
    /// </summary>
    private const int TranslatedMiB = 256;

    /// <summary>The arguments after the program's name.</summary>
    /// <param name="config">The machine, checked.</param>
    /// <param name="accelerator">Kvm or Tcg.</param>
    /// <param name="hostTscKHz">The rate of the host's time stamp counter.</param>
    /// <param name="imageBytes">The length of the root disk image, which matters only to one that is mapped.</param>
    internal static IReadOnlyList<string> Build(MachineConfig config, Accelerator accelerator, uint hostTscKHz, long imageBytes = 0)
    {
        QemuPlatform platform = QemuPlatform.For(config.MachineType);
        List<string> arguments =
        [
            "-name", $"skerry-{config.Id}",
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", Machine(config, platform),
        ];
        foreach (string global in platform.Globals)
        {
            arguments.AddRange("-global", global);
        }

        AddProcessor(arguments, config, accelerator);
        arguments.AddRange(QemuMemory.Arguments(config, platform, imageBytes));
        AddBootFiles(arguments, config, KernelCommandLine.Build(config, platform, accelerator, hostTscKHz));
        AddMonitorAndConsole(arguments);
        AddGuestChannel(arguments, platform);
        arguments.AddRange("-object", $"rng-random,id=rng0,filename={Escape(config.EntropySource)}", "-device", $"virtio-rng-{platform.VirtioSuffix},rng=rng0");
        if (config.Image is not null)
        {
            arguments.AddRange([.. RootDisk.Arguments(config, platform, imageBytes)]);
        }

        for (int i = 0; i < config.SharedDirectories.Count; i++)
        {
            AddSharedDirectory(arguments, config.SharedDirectories[i], i, platform);
        }

        arguments.AddRange(QemuNetwork.Arguments(config.NetworkDevices, platform));
        arguments.AddRange(QemuSlots.Arguments(config.HotPlugSlots));
        arguments.AddRange(QemuAssignedDevices.Arguments(config.AssignedDevices));
        if (config.SeccompSandbox.Length > 0)
        {
            arguments.AddRange("-sandbox", config.SeccompSandbox);
        }

        return arguments;
    }

    private static string Machine(MachineConfig config, QemuPlatform platform)
    {
        string mapped = RootDisk.IsMapped(config) && config.RootDiskDriver == RootDiskDriver.Nvdimm ? ",nvdimm=on" : string.Empty;
        string options = $"{config.MachineType},{platform.MachineOptions},memory-backend=mem{mapped}";
        return config.MachineOptions.Length > 0 ? $"{options},{config.MachineOptions}" : options;
    }

    private static void AddProcessor(List<string> arguments, MachineConfig config, Accelerator accelerator)
    {
        string model = accelerator == Accelerator.Kvm ? "host" : "max";
        arguments.AddRange("-accel", accelerator == Accelerator.Kvm ? "kvm" : $"tcg,thread=multi,tb-size={TranslatedMiB}");
        arguments.AddRange("-cpu", config.CpuFeatures.Length > 0 ? $"{model},{config.CpuFeatures}" : model);
        arguments.AddRange("-smp", KernelCommandLine.CanPlugProcessors(config) ? Number($"{config.Vcpus},maxcpus={config.MaxVcpus}") : Number($"{config.Vcpus}"));
    }

    private static void AddBootFiles(List<string> arguments, MachineConfig config, string kernelParameters)
    {
        arguments.AddRange("-kernel", config.Kernel);
        if (config.Initrd is not null)
        {
            arguments.AddRange("-initrd", config.Initrd);
        }

        arguments.AddRange("-append", kernelParameters);
    }

    private static void AddMonitorAndConsole(List<string> arguments)
    {
        arguments.AddRange("-chardev", Number($"socket,id=monitor,fd={QemuDescriptors.Monitor}"), "-mon", "chardev=monitor,mode=control");
        arguments.AddRange("-chardev", Number($"socket,id=console,fd={QemuDescriptors.Console}"), "-serial", "chardev:console");
    }

    private static void AddGuestChannel(List<string> arguments, QemuPlatform platform)
    {
        arguments.AddRange("-device", $"virtio-serial-{platform.VirtioSuffix},id=channels,max_ports=2");
        arguments.AddRange("-chardev", Number($"socket,id=channel0,fd={QemuDescriptors.Channel}"));
        arguments.AddRange("-device", $"virtserialport,bus=channels.0,chardev=channel0,name={ChannelPortName}");
    }

    private static void AddSharedDirectory(List<string> arguments, SharedDirectory share, int index, QemuPlatform platform)
    {
        arguments.AddRange("-chardev", Number($"socket,id=share{index},path={Escape(share.SocketPath)}"));
        arguments.AddRange(
            "-device", Number($"vhost-user-fs-{platform.VirtioSuffix},chardev=share{index},tag={Escape(share.Tag)},queue-size={share.QueueSize}"));
    }

    /// <summary>QEMU's option values end at a comma; a doubled one stands for itself.</summary>
    private static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void AddRange(this List<string> list, params ReadOnlySpan<string> items)
    {
        foreach (string item in items)
        {
            list.Add(item);
        }
    }
}
