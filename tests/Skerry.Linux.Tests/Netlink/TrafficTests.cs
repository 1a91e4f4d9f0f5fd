using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Skerry.Linux.Netlink;

namespace Skerry.Linux.Tests.Netlink;

/// <summary>A pod's veth joined with a tap, the test being the guest behind the tap.</summary>
public sealed class TrafficTests : IDisposable
{
    private const int EthernetBytes = 14;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestNamespace _pod = new();
    private readonly TestNamespace _outside = new();

    public void Dispose()
    {
        _pod.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void JoinedLinks_CarryPacketsBothWays()
    {
        _pod.Netlink.CreateVeth("eth0", "out0", _outside.Descriptor);
        _pod.Netlink.SetUp(_pod["eth0"].Index);
        Link outside = _outside["out0"];
        _outside.Netlink.SetUp(outside.Index);
        _outside.Netlink.AddAddress(new InterfaceAddress(outside.Index, IPAddress.Parse("10.4.0.1"), 24));
        _outside.Netlink.AddNeighbor(new Neighbor(outside.Index, IPAddress.Parse("10.4.0.2"), _pod["eth0"].Mac));
        using var tap = TapDevice.CreateIn(_pod.Descriptor, "tap0", virtioHeader: false);
        _pod.Netlink.SetUp(_pod["tap0"].Index);
        Assert.Equal("tun", _pod["tap0"].Kind);
        _pod.Netlink.JoinLinks(_pod["eth0"].Index, _pod["tap0"].Index);
        Assert.True(_pod.Netlink.HasIngressFilters(_pod["eth0"].Index));

        using Socket socket = NetworkNamespace.Run(_outside.Descriptor, () =>
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
            udp.Bind(new IPEndPoint(IPAddress.Parse("10.4.0.1"), 0));
            return udp;
        });
        socket.SendTo("to the guest"u8, new IPEndPoint(IPAddress.Parse("10.4.0.2"), 4000));
        byte[] frame = ReadUdpFrame(tap.Queues[0]);
        Assert.EndsWith("to the guest", Encoding.UTF8.GetString(frame), StringComparison.Ordinal);

        tap.Queues[0].Write(Turned(frame));
        var buffer = new byte[100];
        Assert.Equal("to the guest", Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
    }

    [Fact]
    public void FiltersAreThoseTcWouldMake()
    {
        Link first = _pod.AddCable("a0");
        Link second = _pod.AddCable("b0");
        _pod.Netlink.JoinLinks(first.Index, second.Index);
        Assert.Contains("qdisc ingress ffff: parent ffff:fff1", _pod.Run("tc", "qdisc show dev a0"), StringComparison.Ordinal);
        string filter = _pod.Run("tc", "filter show dev a0 parent ffff:");
        Assert.Contains("filter protocol all pref 49152 u32", filter, StringComparison.Ordinal);
        Assert.Contains("match 00000000/00000000 at 0", filter, StringComparison.Ordinal);
        Assert.Contains("mirred (Egress Redirect to device b0) stolen", filter, StringComparison.Ordinal);
        Assert.False(_pod.Netlink.AddIngress(first.Index));
        Assert.True(_pod.Netlink.DeleteIngress(first.Index));
        Assert.False(_pod.Netlink.DeleteIngress(first.Index));
        Assert.False(_pod.Netlink.HasIngressFilters(first.Index));
    }

    [Theory]
    [InlineData(8_000_000UL, "rate 8Mbit burst 64Kb")]
    [InlineData(40_000_000_000UL, "rate 40Gbit burst")]
    public void RateLimit_IsATokenBucket(ulong bitsPerSecond, string expected)
    {
        Link link = _pod.AddCable("a0");
        try
        {
            _pod.Netlink.LimitRate(link.Index, bitsPerSecond);
        }
        catch (SyscallException error) when (error.Errno == Errno.ENOENT)
        {
            Assert.Skip("the kernel has no sch_tbf");
        }

        Assert.Contains(expected, _pod.Run("tc", "qdisc show dev a0"), StringComparison.Ordinal);
        Assert.True(_pod.Netlink.LiftRate(link.Index));
        Assert.False(_pod.Netlink.LiftRate(link.Index));
    }

    [Fact]
    public void RateOfNothing_IsRefused() => Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => _pod.Netlink.LimitRate(1, 7)).Errno);

    [Fact]
    public void RedirectWithoutIngress_IsRefused()
    {
        Link link = _pod.AddCable("a0");
        Assert.Throws<SyscallException>(() => _pod.Netlink.RedirectIngress(link.Index, link.Index));
    }

    [Fact]
    public void TapWithQueues_HasADescriptorForEachAndGoesWithThem()
    {
        using (var tap = TapDevice.CreateIn(_pod.Descriptor, "tap0", queueCount: 3))
        {
            Assert.Equal(3, tap.Queues.Count);
            Assert.True(_pod["tap0"].ReceiveQueues > 1);
        }

        // A child that another test is just forking has copies of the descriptors until it executes its program.
        Assert.True(SpinWait.SpinUntil(() => _pod.Netlink.FindLink("tap0") is null, Patience), "the interface outlives its descriptors");
    }

    [Fact]
    public void TapOfATakenName_IsRefused()
    {
        _pod.AddCable("a0");
        Assert.Throws<SyscallException>(() => TapDevice.CreateIn(_pod.Descriptor, "a0"));
        Assert.Throws<SyscallException>(() => TapDevice.CreateIn(_pod.Descriptor, "a-name-of-16-byt"));
    }

    [Fact]
    public async Task Watch_TellsOfALinkThatComesLater()
    {
        using var watch = NetworkWatch.OpenIn(_pod.Descriptor);
        ValueTask change = watch.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(change.IsCompleted);
        _pod.Netlink.CreateVeth("eth0", "out0");
        await change;
        Assert.NotNull(_pod.Netlink.FindLink("eth0"));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                await watch.WaitAsync(soon.Token);
            }
        });
    }

    /// <summary>The next frame with an IPv4 UDP packet to our port, past what the kernel sends of its own.</summary>
    private static byte[] ReadUdpFrame(FileDescriptor tap)
    {
        var buffer = new byte[2000];
        while (true)
        {
            Assert.NotEqual(PollEvents.None, Poll.Wait(tap, PollEvents.POLLIN, Patience));
            int count = tap.Read(buffer);
            bool udp = count > EthernetBytes + 28 && buffer[12] == 8 && buffer[13] == 0 && buffer[EthernetBytes + 9] == 17;
            if (udp && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(EthernetBytes + 22)) == 4000)
            {
                return buffer[..count];
            }
        }
    }

    /// <summary>The same frame in the other direction; every checksum stays right when source and destination change places.</summary>
    private static byte[] Turned(byte[] frame) =>
    [
        .. frame[6..12], .. frame[..6], .. frame[12..(EthernetBytes + 12)],
        .. frame[(EthernetBytes + 16)..(EthernetBytes + 20)], .. frame[(EthernetBytes + 12)..(EthernetBytes + 16)],
        .. frame[(EthernetBytes + 22)..(EthernetBytes + 24)], .. frame[(EthernetBytes + 20)..(EthernetBytes + 22)], .. frame[(EthernetBytes + 24)..],
    ];
}
