namespace Skerry.Oci;

/// <summary>Programs run at moments of a container's life. Runtime-spec 1.1, config.md "POSIX-platform Hooks".</summary>
public sealed record OciHooks
{
    /// <summary>After the namespaces exist, before the program; deprecated in favour of the next two.</summary>
    public IReadOnlyList<OciHook> Prestart { get; init => field = value ?? []; } = [];

    /// <summary>As Prestart, in the runtime's namespaces.</summary>
    public IReadOnlyList<OciHook> CreateRuntime { get; init => field = value ?? []; } = [];

    /// <summary>As CreateRuntime, in the container's namespaces.</summary>
    public IReadOnlyList<OciHook> CreateContainer { get; init => field = value ?? []; } = [];

    /// <summary>Inside the container, just before the program.</summary>
    public IReadOnlyList<OciHook> StartContainer { get; init => field = value ?? []; } = [];

    /// <summary>After the program started, in the runtime's namespaces.</summary>
    public IReadOnlyList<OciHook> Poststart { get; init => field = value ?? []; } = [];

    /// <summary>After the container was deleted, in the runtime's namespaces.</summary>
    public IReadOnlyList<OciHook> Poststop { get; init => field = value ?? []; } = [];
}
