namespace Skerry.Hypervisor.Qemu;

/// <summary>The numbers under which QEMU inherits its ends of our socket pairs; standard streams come before them.</summary>
internal static class QemuDescriptors
{
    /// <summary>The guest channel's byte stream.</summary>
    internal const int Channel = 3;

    /// <summary>The monitor.</summary>
    internal const int Monitor = 4;

    /// <summary>The guest's console, one way.</summary>
    internal const int Console = 5;

    /// <summary>The first of the network cards' descriptors.</summary>
    internal const int FirstNetwork = 6;
}
