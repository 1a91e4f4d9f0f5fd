using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Skerry.Linux.Netlink;

namespace Skerry.AbiTests;

public sealed class NetlinkAbiTests
{
    private static readonly string[] Headers =
    [
        "sys/socket.h", "sys/ioctl.h", "net/if.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_addr.h", "linux/neighbour.h",
        "linux/veth.h", "linux/pkt_sched.h", "linux/pkt_cls.h", "linux/tc_act/tc_mirred.h", "linux/if_tun.h", "linux/if_ether.h",
    ];

    [Theory]
    [InlineData(typeof(NetlinkConstants), 70)]
    [InlineData(typeof(TrafficConstants), 20)]
    public void EveryConstant_HasTheValueOfTheHeaders(Type constants, int atLeast)
    {
        FieldInfo[] fields = constants.GetFields(BindingFlags.Static | BindingFlags.NonPublic);
        Assert.True(fields.Length >= atLeast);
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(Headers, fields.Select(f => f.Name));
        Assert.All(fields, f => Assert.True(Narrow(f, values[f.Name]) == Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture), f.Name));

        // The header computes NLA_TYPE_MASK as a negative int.
        static long Narrow(FieldInfo field, long value) => field.FieldType == typeof(ushort) ? (ushort)value : value;
    }

    [Fact]
    public void PublicConstants_HaveTheValuesOfTheHeaders()
    {
        (string, long)[] ours =
        [
            .. Enum.GetValues<LinkFlags>().Where(f => f != 0).Select(f => (f.ToString(), (long)f)),
            .. Constants(typeof(Route)),
            .. Constants(typeof(Neighbor)),
        ];
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(Headers[3..].Prepend("linux/if.h"), ours.Select(o => o.Item1));
        Assert.All(ours, o => Assert.Equal((o.Item1, values[o.Item1]), o));

        static IEnumerable<(string, long)> Constants(Type type) => type.GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(f => f.IsLiteral).Select(f => (f.Name, Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Structures_HaveTheSizesOfTheHeaders()
    {
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(
            Headers,
            ["sizeof(struct sockaddr_nl)", "sizeof(struct nlmsghdr)", "sizeof(struct ifinfomsg)", "sizeof(struct ifaddrmsg)", "sizeof(struct rtmsg)", "sizeof(struct ndmsg)", "sizeof(struct tcmsg)", "sizeof(struct tc_u32_sel)", "sizeof(struct tc_u32_key)", "sizeof(struct tc_mirred)", "sizeof(struct tc_tbf_qopt)", "sizeof(struct ifreq)", "offsetof(struct rtnl_link_stats64, tx_dropped)"]);
        Assert.Equal(Unsafe.SizeOf<NetlinkSocket.SocketAddress>(), values["sizeof(struct sockaddr_nl)"]);
        Assert.Equal(Unsafe.SizeOf<TapDevice.InterfaceRequest>(), values["sizeof(struct ifreq)"]);
        Assert.Equal([12, 16, 16, 8, 12, 12, 20, 16, 16, 28, 36, 40, 56], values.Values);
    }

    [Fact]
    public void TheDriversDescription_HasTheFormOfTheHeaders()
    {
        IReadOnlyDictionary<string, long> values = KernelHeaders.Evaluate(
            [.. Headers, "linux/ethtool.h", "linux/sockios.h"],
            [
                "sizeof(struct ethtool_drvinfo)", "offsetof(struct ethtool_drvinfo, driver)", "offsetof(struct ethtool_drvinfo, bus_info)",
                "sizeof(struct ifla_vf_mac)", "SIOCETHTOOL", "ETHTOOL_GDRVINFO",
            ]);
        Assert.Equal(Unsafe.SizeOf<InterfaceDriver.DriverInfo>(), values["sizeof(struct ethtool_drvinfo)"]);
        Assert.Equal((long)InterfaceDriver.SIOCETHTOOL, values["SIOCETHTOOL"]);
        Assert.Equal(InterfaceDriver.ETHTOOL_GDRVINFO, values["ETHTOOL_GDRVINFO"]);
        Assert.Equal(40, Unsafe.SizeOf<InterfaceDriver.Request>());
        Assert.Equal([196, 4, 100, 36], values.Values.Take(4));
    }
}
