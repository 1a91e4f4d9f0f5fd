using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Hypervisor;

/// <summary>Decides between KVM and TCG by trying what a machine would need.</summary>
/// <remarks>
/// The trap: some cloud machines offer a /dev/kvm that is PVM. It opens and makes VMs, but runs only guest kernels that
/// were built for it; a stock kernel hangs early and says nothing. Such hosts show neither vmx nor svm in /proc/cpuinfo.
/// </remarks>
/// <param name="devicePath">The KVM device.</param>
/// <param name="cpuInfoPath">The kernel's list of processors.</param>
public sealed class AcceleratorProbe(string devicePath = "/dev/kvm", string cpuInfoPath = "/proc/cpuinfo")
{
    private const string PvmFlavor = "pvm";
    private const string UseHardware = "use a host with hardware virtualization (or nested virtualization enabled)";

    /// <summary>Decides for a configured accelerator and kernel.</summary>
    /// <exception cref="HypervisorException">HostDenied when Kvm is asked for by name and cannot work; the message says why.</exception>
    public AcceleratorDecision Decide(Accelerator wanted, string kernelFlavor)
    {
        if (wanted == Accelerator.Tcg)
        {
            return new AcceleratorDecision(Accelerator.Tcg, "the configuration asks for it");
        }

        AcceleratorDecision found = Probe(kernelFlavor);
        return wanted == Accelerator.Kvm && found.Accelerator != Accelerator.Kvm
            ? throw new HypervisorException(FailureKind.HostDenied, $"the accelerator \"kvm\" does not work here: {found.Reason}", $"{found.Remedy}; or set accelerator = \"auto\"")
            : found;
    }

    /// <summary>The accelerator's name in a configuration file: auto, kvm or tcg.</summary>
    /// <exception cref="HypervisorException">InvalidArgument for any other word.</exception>
    public static Accelerator Parse(string text) => text switch
    {
        "auto" or "" => Accelerator.Auto,
        "kvm" => Accelerator.Kvm,
        "tcg" => Accelerator.Tcg,
        _ => throw new HypervisorException(FailureKind.InvalidArgument, $"accelerator \"{text}\" is unknown", "use \"auto\", \"kvm\" or \"tcg\""),
    };

    private AcceleratorDecision Probe(string kernelFlavor)
    {
        using FileDescriptor? device = FileDescriptor.TryOpen(devicePath, OpenFlags.O_RDWR, 0, out Errno openError);
        if (device is null)
        {
            string remedy = openError is Errno.EACCES or Errno.EPERM ? "add the runtime's user to the \"kvm\" group, or run as root" : UseHardware;
            return new AcceleratorDecision(Accelerator.Tcg, $"{devicePath} cannot be opened ({openError})", remedy);
        }

        if (WhyUnusable(device) is { } why)
        {
            return new AcceleratorDecision(Accelerator.Tcg, why, UseHardware);
        }

        string? extension = VirtualizationFlag();
        if (extension is not null)
        {
            return new AcceleratorDecision(Accelerator.Kvm, $"{devicePath} works and the CPU has {extension}");
        }

        return kernelFlavor == PvmFlavor
            ? new AcceleratorDecision(Accelerator.Kvm, $"{devicePath} works without vmx or svm, and the guest kernel is marked as built for PVM")
            : new AcceleratorDecision(
                Accelerator.Tcg,
                $"{devicePath} works, but the CPU has neither vmx nor svm: it is PVM, which runs only kernels built for it",
                $"{UseHardware}, or configure a PVM guest kernel and kernel_flavor = \"pvm\"");
    }

    private string? WhyUnusable(FileDescriptor device)
    {
        try
        {
            int version = Kvm.GetApiVersion(device);
            if (version != Kvm.ApiVersion)
            {
                return $"{devicePath} speaks version {version} of the interface, not {Kvm.ApiVersion}";
            }
        }
        catch (SyscallException)
        {
            return $"{devicePath} is not the KVM device";
        }

        using FileDescriptor? machine = Kvm.TryCreateVm(device, out Errno error);
        return machine is null ? $"{devicePath} makes no virtual machine ({error})" : null;
    }

    private string? VirtualizationFlag()
    {
        try
        {
            string flags = File.ReadLines(cpuInfoPath).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? string.Empty;
            string[] words = flags.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            return words.Contains("vmx") ? "vmx" : words.Contains("svm") ? "svm" : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // Without the list nothing speaks for hardware virtualization.
        }
    }
}
