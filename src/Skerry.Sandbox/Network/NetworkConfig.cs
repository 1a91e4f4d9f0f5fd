using Skerry.Config;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>The network somebody asked for, read from a sandbox's OCI spec: its network namespace and two annotations of ours.</summary>
public sealed record NetworkConfig
{
    /// <summary>The annotation that says <c>none</c> or <c>user</c>, for a spec whose network namespace has no path.</summary>
    public const string Annotation = "dev.skerry.network";

    /// <summary>The annotation with the published ports of a <c>user</c> network, parted by commas; each as <see cref="PublishedPort.Parse"/> reads it.</summary>
    public const string PublishAnnotation = "dev.skerry.network.publish";

    /// <summary>The value of <see cref="Annotation"/> for a guest that never gets an interface.</summary>
    public const string None = "none";

    /// <summary>The value of <see cref="Annotation"/> for a network that the VMM makes itself.</summary>
    public const string User = "user";

    private const string HostHint =
        "give the pod a network of its own; to be reached under the node's address use hostPort or a NodePort service, "
        + "to reach the node use its address; with ctr leave out --net-host; or run this pod with runc";

    /// <summary>The shim runs where the manager runs, which is the host's network.</summary>
    private const string HostNamespace = "/proc/self/ns/net";

    /// <summary>Where it comes from.</summary>
    internal NetworkKind Kind { get; init; }

    /// <summary>The namespace's file; null unless the manager made one.</summary>
    internal string? NamespacePath { get; init; }

    /// <summary>Published ports of a user network.</summary>
    internal IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    /// <summary>Whether interfaces may come, change and go while the sandbox runs.</summary>
    internal bool MayChange { get; init; }

    /// <summary>Whether somebody is likely to make interfaces only once the machine runs: a hook, in a namespace that begins with it.</summary>
    internal bool ExpectsInterfaces { get; init; }

    /// <summary>Reads the spec of a sandbox's first container.</summary>
    /// <exception cref="SkerryException">InvalidArgument for the host's network, a missing namespace, or annotations that contradict the spec.</exception>
    internal static NetworkConfig Of(OciSpec spec, RuntimeConfig runtime) => Of(spec, runtime, NetworkNamespaceFile.IdentityOf);

    /// <summary>As above, with <paramref name="identify"/> telling which namespace a file is, null for a missing one.</summary>
    internal static NetworkConfig Of(OciSpec spec, RuntimeConfig runtime, Func<string, ulong?> identify)
    {
        OciNamespace? space = spec.Linux?.Namespaces.FirstOrDefault(each => each.Type == "network");
        string asked = spec.Annotations.GetValueOrDefault(Annotation, string.Empty);
        if (runtime.DisableNewNetns)
        {
            return new NetworkConfig { Kind = NetworkKind.Host };
        }

        if (space is null)
        {
            throw HostNetwork("the spec has no network namespace");
        }

        if (string.IsNullOrEmpty(space.Path))
        {
            return WithoutPath(spec, runtime, asked);
        }

        if (asked is User)
        {
            throw new SkerryException(
                FailureKind.InvalidArgument, $"annotation {Annotation} = \"{User}\" contradicts the network namespace \"{space.Path}\" that the manager made", "leave out one of them");
        }

        ulong identity = identify(space.Path)
            ?? throw new SkerryException(FailureKind.NotFound, $"the network namespace \"{space.Path}\" does not exist", "the manager must make it before the sandbox; it may have been deleted meanwhile");
        if (identify(HostNamespace) == identity)
        {
            throw HostNetwork($"\"{space.Path}\" is the host's own network namespace");
        }

        return new NetworkConfig { Kind = NetworkKind.Joined, NamespacePath = space.Path, MayChange = runtime.InternetworkingModel != "none" };
    }

    private static NetworkConfig WithoutPath(OciSpec spec, RuntimeConfig runtime, string asked)
    {
        IReadOnlyList<PublishedPort> ports = [.. PortsOf(spec).Select(PublishedPort.Parse)];
        return asked switch
        {
            User => new NetworkConfig { Kind = NetworkKind.User, Ports = ports },
            None or "" when ports.Count > 0 => throw new SkerryException(
                FailureKind.InvalidArgument, $"annotation {PublishAnnotation} needs {Annotation} = \"{User}\"", "set both, or none"),
            None => new NetworkConfig { Kind = NetworkKind.Own },
            "" => new NetworkConfig
            {
                Kind = NetworkKind.Own,
                MayChange = runtime.InternetworkingModel != "none",
                ExpectsInterfaces = runtime.InternetworkingModel != "none" && spec.Hooks is { Prestart.Count: > 0 } or { CreateRuntime.Count: > 0 },
            },
            _ => throw new SkerryException(
                FailureKind.InvalidArgument, $"annotation {Annotation} = \"{asked}\" names no network", $"use \"{None}\" or \"{User}\", or give the spec a network namespace"),
        };
    }

    private static string[] PortsOf(OciSpec spec) =>
        spec.Annotations.GetValueOrDefault(PublishAnnotation, string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static SkerryException HostNetwork(string reason) => new(
        FailureKind.InvalidArgument, $"{reason}: the host's network cannot be given to a micro-VM, which has a kernel and interfaces of its own", HostHint);
}
