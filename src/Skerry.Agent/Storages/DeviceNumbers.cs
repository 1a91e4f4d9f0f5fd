using Skerry.Linux;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Storages;

/// <summary>Gives the device files of a spec, and its rules for them, the numbers their devices have in the guest: the host wrote its own.</summary>
internal static class DeviceNumbers
{
    /// <summary>Waits for the devices of <paramref name="request"/> and rewrites its spec.</summary>
    /// <exception cref="Core.SkerryException">What <see cref="DeviceFinder.FindBlockAsync"/> throws, as when a device does not appear.</exception>
    public static async Task ResolveAsync(CreateContainerRequest request, DeviceFinder finder, CancellationToken cancellationToken)
    {
        if (request.Devices.Count == 0)
        {
            return;
        }

        var found = new Dictionary<string, (long Major, long Minor)>(StringComparer.Ordinal);
        foreach (Device device in request.Devices)
        {
            string file = await finder.FindBlockAsync(device.VmPath.Length > 0 ? device.VmPath : device.Id, cancellationToken).ConfigureAwait(false);
            using FileDescriptor node = FileDescriptor.Open(file, OpenFlags.O_PATH);
            found[device.ContainerPath] = Attributes.Status(node).DeviceNode;
        }

        if (request.OCI.Linux is { } linux)
        {
            Renumber(linux, found);
        }
    }

    /// <summary>All at once: one device's number on the host may be another's in the guest.</summary>
    internal static void Renumber(Protocols.Agent.Oci.Linux linux, IReadOnlyDictionary<string, (long Major, long Minor)> found)
    {
        var renumbered = new Dictionary<(long Major, long Minor), (long Major, long Minor)>();
        foreach (LinuxDevice entry in linux.Devices)
        {
            if (entry.Type == "b" && found.TryGetValue(entry.Path, out (long Major, long Minor) number))
            {
                renumbered[(entry.Major, entry.Minor)] = number;
                (entry.Major, entry.Minor) = number;
            }
        }

        foreach (LinuxDeviceCgroup rule in linux.Resources?.Devices ?? [])
        {
            if (rule.Type == "b" && renumbered.TryGetValue((rule.Major, rule.Minor), out (long Major, long Minor) number))
            {
                (rule.Major, rule.Minor) = number;
            }
        }
    }
}
