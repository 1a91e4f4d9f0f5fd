namespace Skerry.Hypervisor;

/// <summary>How the guest's instructions are run.</summary>
public enum Accelerator
{
    /// <summary>Kvm where it works for the configured kernel, else Tcg with a notice.</summary>
    Auto = 0,

    /// <summary>The CPU's virtualization through /dev/kvm.</summary>
    Kvm,

    /// <summary>QEMU's translator: no hardware needed, several times slower.</summary>
    Tcg,
}
