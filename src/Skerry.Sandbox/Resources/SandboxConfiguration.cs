using Skerry.Config;

namespace Skerry.Sandbox;

/// <summary>The configuration of one sandbox, and where its values come from.</summary>
/// <param name="Config">The values.</param>
/// <param name="OriginOf">Where the value of a key comes from, by its full name as in <c>hypervisor.default_memory</c>.</param>
public sealed record SandboxConfiguration(SkerryConfig Config, Func<string, string> OriginOf);
