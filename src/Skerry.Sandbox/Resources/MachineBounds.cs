using Skerry.Config;

namespace Skerry.Sandbox;

/// <summary>What a sandbox's machine may grow to.</summary>
/// <param name="Vcpus">Most virtual processors.</param>
/// <param name="MemoryMiB">Most memory.</param>
/// <param name="HostMemoryMiB">What the host has; 0 when it does not say.</param>
internal readonly record struct MachineBounds(int Vcpus, uint MemoryMiB, long HostMemoryMiB)
{
    /// <summary>The configured maximums; 0, or more than the host has, stands for all of the host's.</summary>
    internal static MachineBounds Of(HypervisorConfig config, long hostMemoryMiB)
    {
        uint host = (uint)Math.Clamp(hostMemoryMiB, 0, uint.MaxValue);
        uint memory = config.DefaultMaxMemoryMiB == 0 ? host : host == 0 ? config.DefaultMaxMemoryMiB : Math.Min(config.DefaultMaxMemoryMiB, host);
        int vcpus = config.DefaultMaxVcpus == 0 ? Environment.ProcessorCount : (int)config.DefaultMaxVcpus;
        return new MachineBounds(Math.Max(1, vcpus), Math.Max(memory, config.DefaultMemoryMiB), hostMemoryMiB);
    }
}
