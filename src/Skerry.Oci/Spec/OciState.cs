using System.Collections.ObjectModel;

namespace Skerry.Oci;

/// <summary>What a runtime answers to <c>state</c>, and hands to hooks. Runtime-spec 1.1, runtime.md "State".</summary>
public sealed record OciState
{
    /// <summary>The version of the specification this follows.</summary>
    public string OciVersion { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The container's id.</summary>
    public string Id { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary><c>creating</c>, <c>created</c>, <c>running</c> or <c>stopped</c>; <c>paused</c> as runc has it.</summary>
    public string Status { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The process of the container as the host sees it; null when there is none.</summary>
    public int? Pid { get; init; }

    /// <summary>The bundle's directory: absolute.</summary>
    public string Bundle { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The annotations of the spec.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;
}
