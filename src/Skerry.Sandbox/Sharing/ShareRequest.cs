using Skerry.Config;

namespace Skerry.Sandbox;

/// <summary>What is needed to make a sandbox's share.</summary>
/// <param name="Paths">Where the sandbox keeps its state.</param>
/// <param name="Hypervisor">The configuration: which daemon, which arguments.</param>
public sealed record ShareRequest(SandboxPaths Paths, HypervisorConfig Hypervisor);
