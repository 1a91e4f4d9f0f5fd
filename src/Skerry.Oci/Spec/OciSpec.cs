using System.Collections.ObjectModel;

namespace Skerry.Oci;

/// <summary>A container as a bundle's config.json describes it. Runtime-spec 1.1, the Linux part; other platforms are ignored.</summary>
/// <remarks>
/// Lists and maps are never null: what the file leaves out is empty, and what is empty is left out again when written.
/// Unknown properties are ignored, as the specification asks. Reading does not judge; <see cref="Validate"/> does.
/// </remarks>
public sealed record OciSpec
{
    /// <summary>The version of the specification we write.</summary>
    public const string Version = "1.1.0";

    /// <summary>The version of the specification the file follows.</summary>
    public string OciVersion { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The container's first process.</summary>
    public OciProcess? Process { get; init; }

    /// <summary>The root file system.</summary>
    public OciRoot? Root { get; init; }

    /// <summary>The host name, or null to keep it.</summary>
    public string? Hostname { get; init; }

    /// <summary>The NIS domain name, or null to keep it.</summary>
    public string? Domainname { get; init; }

    /// <summary>Mounts in the order they are made.</summary>
    public IReadOnlyList<OciMount> Mounts { get; init => field = value ?? []; } = [];

    /// <summary>Programs run at moments of the container's life, or null.</summary>
    public OciHooks? Hooks { get; init; }

    /// <summary>Free-form notes, many of which engines give a meaning.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The Linux part.</summary>
    public OciLinux? Linux { get; init; }

    /// <summary>Reads config.json.</summary>
    /// <param name="json">The file's bytes, UTF-8.</param>
    /// <param name="name">What to call the file in errors.</param>
    /// <exception cref="OciException">InvalidArgument; the message names the JSON path, the line and the column.</exception>
    public static OciSpec Parse(ReadOnlySpan<byte> json, string name = "config.json") => OciJson.ParseSpec(json, name);

    /// <summary>Every fault of the spec, each naming its property; empty when it can be run.</summary>
    public IReadOnlyList<string> Validate() => new SpecValidator(this).Run();

    /// <summary>Returns this spec when it has no fault.</summary>
    /// <exception cref="OciException">InvalidArgument, with every fault at once.</exception>
    public OciSpec EnsureValid(string name = "config.json")
    {
        IReadOnlyList<string> faults = Validate();
        return faults.Count == 0 ? this : throw new OciException(name, faults);
    }

    /// <summary>This spec as config.json, indented.</summary>
    public byte[] ToJson() => OciJson.Write(this);
}
