using Skerry.Config;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>How big a sandbox's machine is.</summary>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMiB">Memory.</param>
internal readonly record struct SandboxSize(int Vcpus, uint MemoryMiB)
{
    /// <summary>The size of the sandbox whose first container has <paramref name="spec"/>.</summary>
    internal static SandboxSize Of(SkerryConfig config, OciSpec spec) => SandboxSizing.Of(new SandboxConfiguration(config, _ => "default"), spec).Size;
}
