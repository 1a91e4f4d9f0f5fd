using System.Globalization;
using Skerry.Config;
using Skerry.Hypervisor;

namespace Skerry.Sandbox;

/// <summary>Turns the configuration of a sandbox into that of its machine.</summary>
internal static class MachinePlan
{
    internal static MachineConfig For(
        SandboxPaths paths, SkerryConfig config, SandboxSize size, IReadOnlyList<SharedDirectory> shares, IReadOnlyList<string> cgroupProcsFiles)
    {
        HypervisorConfig hypervisor = config.Hypervisor;
        bool grows = !config.Runtime.StaticSandboxResourceMgmt;
        MachineBounds bounds = MachineBounds.Of(hypervisor, HostMemory.TotalMiB());
        return new MachineConfig
        {
            Id = paths.Id,
            VmmPath = hypervisor.Path,
            MachineType = hypervisor.MachineType ?? "microvm",
            MachineOptions = hypervisor.MachineAccelerators,
            Accelerator = Enum.Parse<Accelerator>(hypervisor.Accelerator, ignoreCase: true),
            KernelFlavor = hypervisor.KernelFlavor,
            CpuFeatures = hypervisor.CpuFeatures,
            Kernel = hypervisor.Kernel,
            Initrd = hypervisor.Initrd,
            Image = hypervisor.Image,
            RootFsType = hypervisor.RootfsType,
            RootDiskDriver = DriverOf(hypervisor),
            ImageVerity = hypervisor.KernelVerityParams,
            KernelParameters = KernelParameters(config),
            Vcpus = size.Vcpus,
            MaxVcpus = grows ? bounds.Vcpus : size.Vcpus,
            MemoryMiB = size.MemoryMiB,
            MaxMemoryMiB = grows ? bounds.MemoryMiB : 0,
            MemorySlots = (int)hypervisor.MemorySlots,
            VirtioMem = hypervisor.EnableVirtioMem,
            ReclaimFreedMemory = hypervisor.ReclaimGuestFreedMemory,
            PreallocateMemory = hypervisor.EnableMemPrealloc,
            HugePages = hypervisor.EnableHugepages,
            HotPlugSlots = hypervisor.MachineType is null or "microvm" ? 0 : (int)hypervisor.PcieRootPort,
            SharedDirectories = shares,
            StateDirectory = paths.Directory,
            CgroupProcsFiles = cgroupProcsFiles,
            SeccompSandbox = hypervisor.SeccompSandbox,
            EntropySource = hypervisor.EntropySource,
            VerboseConsole = hypervisor.EnableDebug,
        };
    }

    /// <summary>A machine that grows is one that takes processors and memory while it runs; a type that the user set stays.</summary>
    internal static SkerryConfig Choose(SkerryConfig config) => config.Runtime.StaticSandboxResourceMgmt ? config : OnPci(config);

    /// <summary>On a machine with a PCI bus, which takes devices while it runs; a type that the user set stays.</summary>
    internal static SkerryConfig OnPci(SkerryConfig config) => config.Hypervisor.MachineType is null
        ? config with { Hypervisor = config.Hypervisor with { MachineType = "q35" } }
        : config;

    /// <summary>Kata's older switch maps the image on machines that can; the newer key names the driver.</summary>
    internal static RootDiskDriver DriverOf(HypervisorConfig hypervisor) => hypervisor.VmRootfsDriver switch
    {
        "nvdimm" => RootDiskDriver.Nvdimm,
        "virtio-pmem" => RootDiskDriver.VirtioPmem,
        "" when !hypervisor.DisableImageNvdimm && hypervisor.MachineType == "q35" => RootDiskDriver.Nvdimm,
        _ => RootDiskDriver.VirtioBlk,
    };

    /// <summary>The agent's parameters, then the user's, so that the user's win.</summary>
    private static string KernelParameters(SkerryConfig config)
    {
        var words = new List<string> { $"agent.log={AgentLevel(config.Agent)}" };
        if (config.Agent.DebugConsoleEnabled)
        {
            words.Add("agent.debug_console agent.debug_console_vport=1026");
        }

        if (config.Agent.ContainerPipeSizeBytes > 0)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"agent.container_pipe_size={config.Agent.ContainerPipeSizeBytes}"));
        }

        words.Add(config.Hypervisor.KernelParams);
        return string.Join(' ', words.Where(word => word.Length > 0));
    }

    private static string AgentLevel(AgentConfig agent) => agent.EnableDebug ? "debug" : agent.LogLevel;
}
