using System.Globalization;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qemu;

/// <summary>A machine's network cards as QEMU's arguments, and the descriptors it inherits for them. Pure.</summary>
internal static class QemuNetwork
{
    /// <summary>The arguments of all cards.</summary>
    internal static IReadOnlyList<string> Arguments(IReadOnlyList<NetworkDevice> devices, QemuPlatform platform)
    {
        var arguments = new List<string>();
        int number = QemuDescriptors.FirstNetwork;
        foreach (NetworkDevice device in devices)
        {
            arguments.Add("-netdev");
            arguments.Add(device.User is { } user ? UserBackend(device.Id, user) : TapBackend(device, ref number));
            arguments.Add("-device");
            arguments.Add(Card(device, platform));
        }

        return arguments;
    }

    /// <summary>The descriptors of all cards with the numbers the arguments name.</summary>
    internal static IEnumerable<(FileDescriptor Source, int Target)> Descriptors(IReadOnlyList<NetworkDevice> devices) => devices
        .SelectMany(device => device.Queues.Concat(device.VhostQueues))
        .Select((descriptor, i) => (descriptor, QemuDescriptors.FirstNetwork + i));

    /// <summary>The name of a card, given that of its backend.</summary>
    internal static string CardOf(string id) => $"{id}-card";

    private static string TapBackend(NetworkDevice device, ref int number)
    {
        string queues = Numbers(ref number, device.Queues.Count);
        string backend = device.Queues.Count == 1 ? $"tap,id={device.Id},fd={queues}" : $"tap,id={device.Id},fds={queues}";
        return device.VhostQueues.Count switch
        {
            0 => $"{backend},vhost=off",
            1 => $"{backend},vhost=on,vhostfd={Numbers(ref number, 1)}",
            int count => $"{backend},vhost=on,vhostfds={Numbers(ref number, count)}",
        };
    }

    /// <summary>IPv4 only: QEMU's own IPv6 network has deprecated addresses.</summary>
    private static string UserBackend(string id, UserNetwork user)
    {
        string options = string.Create(
            CultureInfo.InvariantCulture,
            $"user,id={id},ipv6=off,net={UserNetwork.Network}/{UserNetwork.PrefixLength},host={UserNetwork.Gateway},dns={UserNetwork.NameServer},dhcpstart={UserNetwork.GuestAddress}");
        return options + string.Concat(user.Ports.Select(port => $",hostfwd={Forward(port)}"));
    }

    private static string Forward(PublishedPort port) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(port.Udp ? "udp" : "tcp")}:{port.HostAddress?.ToString() ?? string.Empty}:{port.HostPort}-{UserNetwork.GuestAddress}:{port.GuestPort}");

    /// <summary>No boot ROM: nothing boots from this card, and Debian packages the ROMs apart.</summary>
    private static string Card(NetworkDevice device, QemuPlatform platform)
    {
        int queues = Math.Max(1, device.Queues.Count);
        bool pci = platform == QemuPlatform.Q35;
        string card = $"virtio-net-{platform.VirtioSuffix},id={CardOf(device.Id)},netdev={device.Id},mac={device.Mac}{(pci ? ",romfile=" : string.Empty)}";
        string several = queues > 1 ? ",mq=on" : string.Empty;
        return pci && queues > 1 ? string.Create(CultureInfo.InvariantCulture, $"{card}{several},vectors={(2 * queues) + 2}") : card + several;
    }

    private static string Numbers(ref int next, int count)
    {
        int first = next;
        next += count;
        return string.Join(':', Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }
}
