using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>What a sandbox asks of the host's cgroups.</summary>
/// <param name="Sandbox">The sandbox; names the cgroup when the spec has no path.</param>
/// <param name="Path">The spec's cgroupsPath; empty for none.</param>
/// <param name="SandboxOnly">Kata's <c>sandbox_cgroup_only</c>: all processes in that cgroup; otherwise as few as can be, and the rest elsewhere.</param>
/// <param name="Processors">The host's processors that the manager gives, as <c>0-3,6</c>; empty for all.</param>
/// <param name="MemoryNodes">The same for memory nodes.</param>
public sealed record CgroupRequest(SandboxId Sandbox, string Path, bool SandboxOnly, string Processors = "", string MemoryNodes = "")
{
    /// <summary>The request of the sandbox whose first container has <paramref name="spec"/>.</summary>
    internal static CgroupRequest Of(SandboxId sandbox, OciSpec spec, bool sandboxOnly)
    {
        OciCpu? cpu = spec.Linux?.Resources?.Cpu;
        return new CgroupRequest(sandbox, spec.Linux?.CgroupsPath ?? string.Empty, sandboxOnly, cpu?.Cpus ?? string.Empty, cpu?.Mems ?? string.Empty);
    }
}
