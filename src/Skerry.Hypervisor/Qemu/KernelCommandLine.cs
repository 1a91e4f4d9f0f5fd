using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <summary>The guest kernel's parameters: ours first, the caller's last, since the kernel lets the last one win.</summary>
internal static class KernelCommandLine
{
    /// <summary>COMMAND_LINE_SIZE of arch/x86/include/asm/setup.h, the terminating zero included.</summary>
    private const int MaxLength = 2048;

    /// <summary>Interrupts a second of the guest kernel that has the fewest, ours.</summary>
    private const uint LowestTickRate = 100;

    /// <summary>A guest that panics ends its machine at once; what it said is on the console.</summary>
    private const string Always = "console=ttyS0 panic=-1 reboot=t rcupdate.rcu_expedited=1 cryptomgr.notests net.ifnames=0 8250.nr_uarts=1";

    /// <exception cref="HypervisorException">InvalidArgument when it is longer than the kernel reads.</exception>
    internal static string Build(MachineConfig config, QemuPlatform platform, Accelerator accelerator, uint hostTscKHz)
    {
        var words = new List<string> { Always, Clock(accelerator, hostTscKHz), Memory(accelerator) };
        words.Add(platform.KernelParameters);
        words.Add(Growth(config, accelerator, hostTscKHz));
        words.Add(config.VerboseConsole ? "loglevel=7" : "quiet");
        if (config.Image is not null)
        {
            words.Add(RootDisk.KernelParameters(config));
        }

        words.Add(config.KernelParameters.Trim());
        string line = string.Join(' ', words.Where(word => word.Length > 0));
        return line.Length < MaxLength
            ? line
            : throw new HypervisorException(
                FailureKind.InvalidArgument, $"the kernel parameters have {line.Length} characters, more than the {MaxLength - 1} the kernel reads", "shorten kernel_params");
    }

    /// <summary>
    /// Under TCG the guest's TSC is the host's, but a loaded host makes the guest's calibration of it fail or hang: tell it.
    /// A wrong rate would make the guest's clock run fast or slow for good. Unless told that the TSC is reliable, the kernel of a
    /// microvm, which has no other clock, counts ticks. And rewriting the guest's 10000 locks for a single processor makes the emulator
    /// translate the code around them again.
    /// </summary>
    private static string Clock(Accelerator accelerator, uint hostTscKHz) =>
        accelerator == Accelerator.Kvm ? "tsc=reliable no_timer_check" : $"tsc=reliable no_timer_check tsc_early_khz={hostTscKHz} noreplace-smp";

    /// <summary>An emulated guest pays for each page that is zeroed twice, some 5 % of its boot; processes get zeroed pages in any case.</summary>
    private static string Memory(Accelerator accelerator) => accelerator == Accelerator.Kvm ? "" : "init_on_alloc=0";

    /// <summary>True for a machine whose processors can become more.</summary>
    internal static bool CanPlugProcessors(MachineConfig config) => config.MaxVcpus > config.Vcpus && config.MachineType != QemuPlatform.Microvm.Name;

    /// <summary>
    /// Plugged memory is used at once, not when somebody writes to sysfs; what virtio-mem adds goes where it can be taken away again, as
    /// long as the rest of the memory bears it. And an emulated processor that is plugged need not measure how fast it is, which on a
    /// busy host it cannot: its delays, of which an emulated machine needs none, may be longer than they say.
    /// </summary>
    private static string Growth(MachineConfig config, Accelerator accelerator, uint hostTscKHz)
    {
        string memory = !QemuMemory.CanGrow(config) ? "" : config.VirtioMem ? "memhp_default_state=online memory_hotplug.online_policy=auto-movable" : "memhp_default_state=online";
        string processors = CanPlugProcessors(config) && accelerator != Accelerator.Kvm ? $"lpj={hostTscKHz * (1000UL / LowestTickRate)}" : "";
        return string.Join(' ', new[] { memory, processors }.Where(word => word.Length > 0));
    }
}
