using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Turns what QEMU says on its standard error into a kind and a next step.</summary>
internal static class QemuLaunchErrors
{
    private static readonly (string Words, FailureKind Kind, string Hint)[] s_known =
    [
        ("host forwarding rule", FailureKind.FailedPrecondition, "another program listens on that port of the host; publish another one"),
        ("VFIO_MAP_DMA", FailureKind.ResourceExhausted, "a device of the host needs all guest memory locked: raise the limit of locked memory (LimitMEMLOCK=infinity) of the service that starts sandboxes, or lower default_memory"),
        ("is not viable", FailureKind.FailedPrecondition, "bind every device of the IOMMU group to vfio-pci, or to no driver"),
        ("vfio ", FailureKind.HostDenied, "see SR-IOV in docs/howto/networking.md"),
        ("Cannot allocate memory", FailureKind.ResourceExhausted, "lower default_memory, or free memory on the host"),
        ("cannot set up guest memory", FailureKind.ResourceExhausted, "lower default_memory, or free memory on the host"),
        ("No space left on device", FailureKind.ResourceExhausted, "free space in the state directory's file system"),
        ("Too many open files", FailureKind.ResourceExhausted, "raise the limit of open files of the service that starts sandboxes"),
        ("without PVH ELF Note", FailureKind.InvalidArgument, "use the kernel's bzImage, or a vmlinux built with CONFIG_PVH"),
        ("could not load kernel", FailureKind.InvalidArgument, "give an uncompressed PVH vmlinux or a bzImage as kernel"),
        ("could not load initrd", FailureKind.InvalidArgument, "build the initramfs again: skerry image build"),
        ("nitrd is too large", FailureKind.InvalidArgument, "raise default_memory: kernel and initramfs must fit"),
        ("Some ROM regions are overlapping", FailureKind.InvalidArgument, "raise default_memory: kernel and initramfs must fit"),
        ("access KVM kernel module", FailureKind.HostDenied, "see: skerry check; or set accelerator = \"tcg\""),
        ("failed to initialize kvm", FailureKind.HostDenied, "see: skerry check; or set accelerator = \"tcg\""),
        ("seccomp", FailureKind.HostDenied, "set seccompsandbox = \"\" in the configuration, or use a QEMU built with seccomp"),
        ("vhost initialization failed", FailureKind.Unavailable, "the virtio-fs daemon ended or never listened; see its message in the log"),
        ("Failed to connect", FailureKind.Unavailable, "the virtio-fs daemon ended or never listened; see its message in the log"),
        ("nsupported machine type", FailureKind.InvalidArgument, "use a QEMU of version 7.2 or later with the machine types microvm and q35"),
        ("not found", FailureKind.FailedPrecondition, "use a QEMU of version 7.2 or later; check machine_accelerators and cpu_features"),
    ];

    private static readonly (FailureKind Kind, string Hint) s_unknown =
        (FailureKind.Unavailable, "check path, machine_accelerators and cpu_features in the configuration; see: skerry check");

    internal static (FailureKind Kind, string Hint) Interpret(string message)
    {
        foreach ((string words, FailureKind kind, string hint) in s_known)
        {
            if (message.Contains(words, StringComparison.Ordinal))
            {
                return (kind, hint);
            }
        }

        return s_unknown;
    }
}
