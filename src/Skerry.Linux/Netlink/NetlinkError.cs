using System.Buffers.Binary;

namespace Skerry.Linux.Netlink;

/// <summary>Reads NLMSG_ERROR: a negative errno (0 is success), the request's header, then the kernel's words as an attribute.</summary>
internal static class NetlinkError
{
    private const int CodeBytes = 4;
    private const int HeaderBytes = 16;

    /// <summary>The error number; EBADMSG when the message is too short to have one.</summary>
    internal static Errno Parse(ReadOnlySpan<byte> payload, ushort flags, out string? reason)
    {
        reason = null;
        if (payload.Length < CodeBytes)
        {
            return Errno.EBADMSG;
        }

        if ((flags & NetlinkConstants.NLM_F_ACK_TLVS) != 0)
        {
            reason = FindReason(payload, (flags & NetlinkConstants.NLM_F_CAPPED) != 0);
        }

        return (Errno)Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(payload));
    }

    private static string? FindReason(ReadOnlySpan<byte> payload, bool capped)
    {
        if (payload.Length < CodeBytes + HeaderBytes)
        {
            return null;
        }

        uint requestBytes = capped ? HeaderBytes : BinaryPrimitives.ReadUInt32LittleEndian(payload[CodeBytes..]);
        long start = CodeBytes + (((long)requestBytes + 3) & ~3L);
        var attributes = new NetlinkAttributes(start <= payload.Length ? payload[(int)start..] : default);
        while (attributes.Next())
        {
            if (attributes.Type == NetlinkConstants.NLMSGERR_ATTR_MSG)
            {
                return attributes.Text;
            }
        }

        return null;
    }
}
