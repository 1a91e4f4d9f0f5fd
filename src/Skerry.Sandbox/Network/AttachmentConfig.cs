using Skerry.Config;

namespace Skerry.Sandbox;

/// <summary>How interfaces are joined with the guest's cards.</summary>
/// <param name="Macvtap">By a macvtap of ours instead of a tap and traffic control.</param>
/// <param name="QueueCount">Queue pairs of a card.</param>
/// <param name="UseVhost">Whether the host's kernel moves the packets, where it can.</param>
/// <param name="ReceiveBitsPerSecond">The guest's inbound limit; 0 for none.</param>
/// <param name="SendBitsPerSecond">The guest's outbound limit; 0 for none.</param>
internal sealed record AttachmentConfig(bool Macvtap, int QueueCount, bool UseVhost, ulong ReceiveBitsPerSecond, ulong SendBitsPerSecond)
{
    /// <summary>Whether there is any limit.</summary>
    internal bool IsLimited => ReceiveBitsPerSecond > 0 || SendBitsPerSecond > 0;

    /// <summary>Reads the configuration.</summary>
    internal static AttachmentConfig Of(SkerryConfig config) => new(
        config.Runtime.InternetworkingModel == "macvtap",
        (int)Math.Max(1, config.Hypervisor.NetworkQueues),
        !config.Hypervisor.DisableVhostNet,
        config.Hypervisor.RxRateLimiterMaxRate,
        config.Hypervisor.TxRateLimiterMaxRate);
}
