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

    /// <summary>struct ifreq, as far as TUNSETIFF uses it.</summary>
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
