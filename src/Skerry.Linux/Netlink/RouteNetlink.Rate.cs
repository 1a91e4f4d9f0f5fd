using System.Buffers.Binary;
using static Skerry.Linux.Netlink.NetlinkConstants;
using static Skerry.Linux.Netlink.TrafficConstants;

namespace Skerry.Linux.Netlink;

/// <content>Rate limits.</content>
public sealed partial class RouteNetlink
{
    private const ulong LimitSeconds = 1;
    private const uint MinimumBurstBytes = 64 * 1024;
    private const ulong TicksPerMicrosecondTimes1000 = 15625;
    private const int RateTableBytes = 1024;
    private const byte CellLog = 3;

    /// <summary>Limits what leaves an interface, by a token bucket in the place of its queue.</summary>
    /// <param name="index">The interface.</param>
    /// <param name="bitsPerSecond">The rate, in bits per second.</param>
    /// <exception cref="SyscallException">ENODEV; ENOENT: the kernel has no sch_tbf; EINVAL: a rate of 0.</exception>
    public void LimitRate(int index, ulong bitsPerSecond)
    {
        ulong bytesPerSecond = bitsPerSecond / 8;
        if (bytesPerSecond == 0)
        {
            throw new SyscallException("rtnetlink", $"limit link {index} to {bitsPerSecond} bit/s", Errno.EINVAL, "use at least 8 bit/s");
        }

        uint burst = (uint)Math.Clamp(bytesPerSecond / 100, MinimumBurstBytes, 1UL << 30);
        NetlinkWriter request = TrafficRequest(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, index, 0, TC_H_ROOT).Attribute(TCA_KIND, "tbf");
        int options = request.BeginNested(TCA_OPTIONS, flagged: false);
        AppendBucket(request, bytesPerSecond, burst);
        request.Attribute(TCA_TBF_BURST, burst);
        request.Attribute(TCA_TBF_RTAB, new byte[RateTableBytes]);
        if (bytesPerSecond > uint.MaxValue)
        {
            Span<byte> wide = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(wide, bytesPerSecond);
            request.Attribute(TCA_TBF_RATE64, wide);
        }

        Execute(request.EndNested(options), $"limit link {index} to {bitsPerSecond} bit/s");
    }

    /// <summary>Lifts the limit; false when there was none.</summary>
    /// <exception cref="SyscallException">ENODEV; EPERM.</exception>
    public bool LiftRate(int index)
    {
        Errno error = TryExecute(TrafficRequest(RTM_DELQDISC, NLM_F_ACK, index, 0, TC_H_ROOT), out string? reason);
        return error switch
        {
            Errno.None => true,
            Errno.EINVAL or Errno.ENOENT => false,
            _ => throw new SyscallException("rtnetlink", $"lift the limit of link {index}", error, reason),
        };
    }

    /// <summary>
    /// struct tc_tbf_qopt: rate and peak rate (struct tc_ratespec), the queue's length in bytes, the burst as scheduler time (ticks of
    /// 64 ns), mtu. With the link layer given the kernel computes the rate table itself; it still wants one.
    /// </summary>
    private static void AppendBucket(NetlinkWriter request, ulong bytesPerSecond, uint burst)
    {
        ulong queue = Math.Min((bytesPerSecond * LimitSeconds) + burst, uint.MaxValue);
        ulong ticks = burst * 1_000_000UL / bytesPerSecond * TicksPerMicrosecondTimes1000 / 1000;
        int bucket = request.BeginNested(TCA_TBF_PARMS, flagged: false);
        request.Byte(CellLog).Byte(TC_LINKLAYER_ETHERNET).UInt16(0).UInt16(0).UInt16(0).UInt32((uint)Math.Min(bytesPerSecond, uint.MaxValue));
        request.Byte(0).Byte(0).UInt16(0).UInt16(0).UInt16(0).UInt32(0);
        request.UInt32((uint)queue).UInt32((uint)Math.Min(ticks, uint.MaxValue)).UInt32(0).EndNested(bucket);
    }
}
