using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// Which device nodes of a spec mean the same in the guest. A manager lists the host's for a privileged container; their numbers
/// name other things there, or nothing: privileged means privileged in the guest.
/// </summary>
internal static class GuestDevices
{
    private const long Memory = 1;
    private const long Terminals = 5;
    private const long Miscellaneous = 10;
    private const long Tun = 200;
    private const long Fuse = 229;

    /// <summary>Nodes the guest makes by itself.</summary>
    private static readonly string[] OwnPaths = ["/dev/ptmx", "/dev/console", "/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg"];

    /// <summary>True for a device that every Linux kernel has under this number, so that the guest's is meant.</summary>
    internal static bool Exists(OciDevice device) => device.Type is "p"
        || (device.Type is "c" or "u" && !OwnPaths.Contains(device.Path) && device.Major switch
        {
            Memory or Terminals => true,
            Miscellaneous => device.Minor is Tun or Fuse,
            _ => false,
        });
}
