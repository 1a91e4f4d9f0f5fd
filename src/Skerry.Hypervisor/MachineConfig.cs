using Skerry.Core;

namespace Skerry.Hypervisor;

/// <summary>One machine as somebody asked for it. Immutable; checked by <see cref="IHypervisor.StartAsync"/>.</summary>
public sealed record MachineConfig
{
    /// <summary>The sandbox this machine is; names the guest and shows in the process list.</summary>
    public required SandboxId Id { get; init; }

    /// <summary>The VMM program, an absolute path.</summary>
    public required string VmmPath { get; init; }

    /// <summary>"microvm" (boots fastest, nothing can be plugged in later) or "q35" (PCI, hot-plug).</summary>
    public string MachineType { get; init; } = "microvm";

    /// <summary>More options for the machine, comma-separated, appended as they are (Kata's machine_accelerators).</summary>
    public string MachineOptions { get; init; } = "";

    /// <summary>The accelerator to use.</summary>
    public Accelerator Accelerator { get; init; } = Accelerator.Auto;

    /// <summary>"pvm" marks a kernel built for hosts whose /dev/kvm is PVM; else empty.</summary>
    public string KernelFlavor { get; init; } = "";

    /// <summary>More CPU flags, comma-separated, as in "pmu=off" (Kata's cpu_features).</summary>
    public string CpuFeatures { get; init; } = "";

    /// <summary>The guest kernel: an uncompressed PVH vmlinux or a bzImage.</summary>
    public required string Kernel { get; init; }

    /// <summary>The guest's initramfs; exactly one of this and <see cref="Image"/> is given.</summary>
    public string? Initrd { get; init; }

    /// <summary>The guest's root disk image, attached read-only as its first disk; its first partition is the root file system.</summary>
    public string? Image { get; init; }

    /// <summary>How the guest sees <see cref="Image"/>.</summary>
    public RootDiskDriver RootDiskDriver { get; init; }

    /// <summary>With what the guest's kernel verifies <see cref="Image"/>, whose second partition holds the hashes; null for an image that is trusted.</summary>
    public VerityParameters? ImageVerity { get; init; }

    /// <summary>File system of <see cref="Image"/>: ext4, xfs or erofs.</summary>
    public string RootFsType { get; init; } = "ext4";

    /// <summary>The caller's kernel parameters (agent.log=… and the user's), after ours: the kernel lets the last one win.</summary>
    public string KernelParameters { get; init; } = "";

    /// <summary>Virtual CPUs at boot, 1 or more.</summary>
    public int Vcpus { get; init; } = 1;

    /// <summary>Virtual CPUs the machine may grow to; at least <see cref="Vcpus"/>. Only q35 can plug them in.</summary>
    public int MaxVcpus { get; init; }

    /// <summary>Guest memory, in MiB.</summary>
    public uint MemoryMiB { get; init; } = 256;

    /// <summary>Guest memory the machine may grow to, in MiB; 0 for one that does not. Only q35 can plug it in.</summary>
    public uint MaxMemoryMiB { get; init; }

    /// <summary>Slots for memory that is plugged, one for each time.</summary>
    public int MemorySlots { get; init; }

    /// <summary>Memory grows and shrinks by one virtio-mem device instead of modules in slots.</summary>
    public bool VirtioMem { get; init; }

    /// <summary>The guest tells which memory it does not use, and the host gets that back (free page reporting by virtio-balloon).</summary>
    public bool ReclaimFreedMemory { get; init; }

    /// <summary>Takes all guest memory from the host at boot instead of when it is first touched.</summary>
    public bool PreallocateMemory { get; init; }

    /// <summary>Backs guest memory with the host's huge pages, which must have been reserved (vm.nr_hugepages).</summary>
    public bool HugePages { get; init; }

    /// <summary>Directories shared with the guest by virtio-fs.</summary>
    public IReadOnlyList<SharedDirectory> SharedDirectories { get; init; } = [];

    /// <summary>The sandbox's own directory, existing, mode 0700: console ring and the VMM's error log go here.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>cgroup.procs files (one per hierarchy) the VMM joins before it runs anything.</summary>
    public IReadOnlyList<string> CgroupProcsFiles { get; init; } = [];

    /// <summary>The network namespace file the VMM enters; null keeps the caller's.</summary>
    public string? NetworkNamespacePath { get; init; }

    /// <summary>The VMM begins a network namespace of its own, with nothing in it; not together with <see cref="NetworkNamespacePath"/>.</summary>
    public bool OwnNetworkNamespace { get; init; }

    /// <summary>Empty slots for network cards and disks that come later, at most <see cref="MostHotPlugSlots"/>; only machine types that can plug have such.</summary>
    public int HotPlugSlots { get; init; }

    /// <summary>Most <see cref="HotPlugSlots"/> of a machine.</summary>
    public const int MostHotPlugSlots = 16;

    /// <summary>Network cards, in the order the guest finds them.</summary>
    public IReadOnlyList<NetworkDevice> NetworkDevices { get; init; } = [];

    /// <summary>PCI devices of the host that are the machine's alone; only q35 can have such. All guest memory is locked on the host then.</summary>
    public IReadOnlyList<AssignedDevice> AssignedDevices { get; init; } = [];

    /// <summary>The value of QEMU's -sandbox; empty leaves the VMM's system calls unfiltered.</summary>
    public string SeccompSandbox { get; init; } = DefaultSeccompSandbox;

    /// <summary>Source of the guest's random numbers.</summary>
    public string EntropySource { get; init; } = "/dev/urandom";

    /// <summary>The guest kernel talks on its console: slower by some 0.1 s to 1 s, for finding boot problems.</summary>
    public bool VerboseConsole { get; init; }

    /// <summary>Most bytes of guest console kept on disk, in two halves.</summary>
    public int ConsoleLimitBytes { get; init; } = 128 * 1024;

    /// <summary>How long the VMM may take until its monitor answers; with <see cref="AssignedDevices"/> it gets more, by the size of its memory.</summary>
    public TimeSpan LaunchTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>All that QEMU's seccomp filter can deny: old calls, new processes, set*id, priorities.</summary>
    public const string DefaultSeccompSandbox = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
}
