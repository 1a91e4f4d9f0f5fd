using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static Skerry.Linux.Netlink.TrafficConstants;

namespace Skerry.Linux.Netlink;

/// <summary>An Ethernet interface whose packets a program reads and writes: a virtual machine's network card, seen from the host.</summary>
/// <remarks>tun/tap: Documentation/networking/tuntap.rst. The interface goes away when the last descriptor is closed.</remarks>
public sealed partial class TapDevice : IDisposable
{
    private const string ControlPath = "/dev/net/tun";
    private const int MaxNameBytes = 15;

    private TapDevice(string name, IReadOnlyList<FileDescriptor> queues)
    {
        Name = name;
        Queues = queues;
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>One descriptor by queue, to be handed to the VMM.</summary>
    public IReadOnlyList<FileDescriptor> Queues { get; }

    /// <summary>Makes the interface in a network namespace. Its packets have a virtio header of 10 bytes unless <paramref name="virtioHeader"/> is false.</summary>
    /// <param name="networkNamespace">The namespace, as an open file.</param>
    /// <param name="name">The interface's name, at most 15 bytes.</param>
    /// <param name="queueCount">How many queues; more than one lets as many CPUs work at once.</param>
    /// <param name="virtioHeader">Whether checksums and segmentation can be left to the other side.</param>
    /// <exception cref="SyscallException">EBUSY: the name is taken; ENOENT or ENODEV: the kernel has no tun; EPERM.</exception>
    public static TapDevice CreateIn(SafeHandle networkNamespace, string name, int queueCount = 1, bool virtioHeader = true) =>
        NetworkNamespace.Run(networkNamespace, () => Create(name, queueCount, virtioHeader));

    /// <summary>Makes the interface in the namespace of the calling thread, see <see cref="CreateIn"/>.</summary>
    public static TapDevice Create(string name, int queueCount = 1, bool virtioHeader = true)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length is 0 or > MaxNameBytes || queueCount < 1)
        {
            throw new SyscallException("TUNSETIFF", $"\"{name}\" with {queueCount} queues", Errno.EINVAL, $"a name has 1 to {MaxNameBytes} bytes");
        }

        var queues = new List<FileDescriptor>();
        try
        {
            for (int i = 0; i < queueCount; i++)
            {
                queues.Add(OpenQueue(name, bytes, queueCount > 1, virtioHeader));
            }
        }
        catch (SyscallException)
        {
            queues.ForEach(queue => queue.Dispose());
            throw;
        }

        return new TapDevice(name, queues);
    }

    /// <summary>Opens a macvtap of a namespace by its character device, whose number is the interface's index.</summary>
    /// <param name="networkNamespace">The namespace, as an open file.</param>
    /// <param name="link">The interface.</param>
    /// <param name="queueCount">How many queues.</param>
    /// <exception cref="SyscallException">
    /// ENOENT: /dev has no such device; EBUSY: somebody has it open; ENXIO: the device is that of an interface in another namespace
    /// with the same index.
    /// </exception>
    public static TapDevice OpenMacvtapIn(SafeHandle networkNamespace, Link link, int queueCount = 1) => NetworkNamespace.Run(networkNamespace, () =>
    {
        string path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/dev/tap{link.Index}");
        var queues = new List<FileDescriptor>();
        try
        {
            while (queues.Count < queueCount)
            {
                queues.Add(OpenMacvtapQueue(path, link, queueCount > 1));
            }
        }
        catch (SyscallException)
        {
            queues.ForEach(queue => queue.Dispose());
            throw;
        }

        return new TapDevice(link.Name, queues);
    });

    /// <summary>Closes the descriptors.</summary>
    public void Dispose()
    {
        foreach (FileDescriptor queue in Queues)
        {
            queue.Dispose();
        }
    }

    private static FileDescriptor OpenQueue(string name, byte[] nameBytes, bool several, bool virtioHeader)
    {
        FileDescriptor queue = FileDescriptor.Open(ControlPath, OpenFlags.O_RDWR);
        var request = new InterfaceRequest { Flags = (ushort)(IFF_TAP | IFF_NO_PI | (several ? IFF_MULTI_QUEUE : 0) | (virtioHeader ? IFF_VNET_HDR : 0)) };
        nameBytes.CopyTo((Span<byte>)request.Name);
        if (Native.Ioctl(queue, TUNSETIFF, ref request) < 0)
        {
            SyscallException error = SyscallException.Last("TUNSETIFF", $"\"{name}\"");
            queue.Dispose();
            throw error;
        }

        return queue;
    }

    private static FileDescriptor OpenMacvtapQueue(string path, Link link, bool several)
    {
        FileDescriptor queue = FileDescriptor.Open(path, OpenFlags.O_RDWR);
        var flags = new InterfaceRequest { Flags = (ushort)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (several ? IFF_MULTI_QUEUE : 0)) };
        var address = default(InterfaceRequest);
        SyscallException? error = null;
        if (Native.Ioctl(queue, TUNSETIFF, ref flags) < 0)
        {
            error = SyscallException.Last("TUNSETIFF", $"\"{path}\"");
        }
        else if (Native.Ioctl(queue, SIOCGIFHWADDR, ref address) < 0 || new MacAddress(((ReadOnlySpan<byte>)address.Rest)[..MacAddress.SizeBytes]) != link.Mac)
        {
            error = new SyscallException("SIOCGIFHWADDR", $"\"{path}\", which is not \"{link.Name}\" but an interface of another namespace", Errno.ENXIO);
        }

        if (error is null)
        {
            return queue;
        }

        queue.Dispose();
        throw error;
    }

    /// <summary>struct ifreq, as far as TUNSETIFF and SIOCGIFHWADDR use it: a family, like the flags, comes before the address.</summary>
    internal struct InterfaceRequest
    {
        public NameBytes Name;
        public ushort Flags;
        public RestBytes Rest;
    }

    [InlineArray(16)]
    internal struct NameBytes
    {
        private byte _first;
    }

    [InlineArray(22)]
    internal struct RestBytes
    {
        private byte _first;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle device, nuint request, ref InterfaceRequest argument);
    }
}
