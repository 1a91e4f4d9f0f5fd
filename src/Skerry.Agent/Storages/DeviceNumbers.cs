using Skerry.Linux;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Storages;

/// <summary>Gives the device files of a spec the numbers their devices have in the guest: the host wrote its own.</summary>
internal static class DeviceNumbers
{
    /// <summary>Waits for the devices of <paramref name="request"/> and rewrites its spec.</summary>
    /// <exception cref="Core.SkerryException">TimedOut when a device does not appear.</exception>
    public static async Task ResolveAsync(CreateContainerRequest request, DeviceFinder finder, CancellationToken cancellationToken)
    {
        foreach (Device device in request.Devices)
        {
            string file = await finder.FindBlockAsync(device.VmPath.Length > 0 ? device.VmPath : device.Id, cancellationToken).ConfigureAwait(false);
            using FileDescriptor node = FileDescriptor.Open(file, OpenFlags.O_PATH);
            (uint major, uint minor) = Attributes.Status(node).DeviceNode;
            foreach (LinuxDevice entry in request.OCI.Linux?.Devices.Where(d => d.Path == device.ContainerPath) ?? [])
            {
                entry.Major = major;
                entry.Minor = minor;
            }
        }
    }
}
