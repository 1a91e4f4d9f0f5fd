using System.Globalization;
using Google.Protobuf;
using Skerry.Core;
using Skerry.Oci;
using Skerry.Protocols;
using Skerry.Protocols.Cri;
using Skerry.Protocols.Shim.Sandboxes;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>
/// Reads what CreateSandbox says about a sandbox: the bundle's config.json where the client gave a spec (ctr), the kubelet's pod in the
/// options where it asks (CRI, whose bundle has no config.json), the network namespace and annotations of the call. The result is the
/// spec that a pause container of this pod would have, without the container.
/// </summary>
internal static class PodLaunch
{
    private const string PodOptions = "runtime.v1.PodSandboxConfig";
    private const string Network = "network";
    private const string PassedOn = "io.katacontainers.";
    private const string Hosts = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";

    /// <summary>The sandbox that <paramref name="request"/> asks for.</summary>
    /// <param name="request">The call.</param>
    /// <param name="configPath">The configuration file of the runtime options; null for the usual search.</param>
    /// <exception cref="SkerryException">InvalidArgument for what cannot be read; Unimplemented for what a sandbox does not offer.</exception>
    internal static LaunchConfig Of(CreateSandboxRequest request, string? configPath)
    {
        if (request.Rootfs.Count > 0)
        {
            throw new SkerryException(
                FailureKind.Unimplemented, $"sandbox \"{request.SandboxId}\" asks for a root file system of its own", "leave it out: the guest boots the configured image");
        }

        OciSpec? given = ReadSpec(request.BundlePath);
        PodSandboxConfig? pod = ReadPod(request);
        RefuseUserNamespace(request, pod);
        OciSpec spec = given ?? new OciSpec { OciVersion = OciSpec.Version };
        OciLinux linux = spec.Linux ?? new OciLinux();
        return new LaunchConfig
        {
            Bundle = request.BundlePath,
            ConfigPath = configPath,
            SharedMemory = pod is not null,
            Files = pod is null ? new Dictionary<string, string>() : FilesOf(pod),
            Spec = spec with
            {
                Hostname = pod is { Hostname.Length: > 0 } ? pod.Hostname : spec.Hostname,
                Annotations = AnnotationsOf(request, pod, spec),
                Linux = linux with
                {
                    CgroupsPath = pod?.Linux is { CgroupParent.Length: > 0 } settings ? CgroupPathOf(settings.CgroupParent, request.SandboxId) : linux.CgroupsPath,
                    Sysctl = pod?.Linux is { } own ? own.Sysctls : linux.Sysctl,
                    Namespaces = NamespacesOf(request, pod, given),
                },
            },
        };
    }

    private static OciSpec? ReadSpec(string bundle)
    {
        string path = Path.Combine(bundle, "config.json");
        return File.Exists(path) ? OciSpec.Parse(File.ReadAllBytes(path), path) : null;
    }

    private static PodSandboxConfig? ReadPod(CreateSandboxRequest request)
    {
        try
        {
            return AnyMessage.Is(request.Options, PodOptions) ? AnyMessage.Unpack(request.Options, PodSandboxConfig.Parser) : null;
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"cannot read the options {PodOptions} of sandbox \"{request.SandboxId}\"", cause: error);
        }
    }

    private static void RefuseUserNamespace(CreateSandboxRequest request, PodSandboxConfig? pod)
    {
        if (OptionsOf(pod)?.UsernsOptions is { Mode: NamespaceMode.Pod })
        {
            throw new SkerryException(
                FailureKind.Unimplemented,
                $"sandbox \"{request.SandboxId}\" asks for a user namespace, which sandboxes do not offer",
                "leave it out (hostUsers: true): the machine around the pod separates its users from the host's");
        }
    }

    private static NamespaceOption? OptionsOf(PodSandboxConfig? pod) => pod?.Linux?.SecurityContext?.NamespaceOptions;

    /// <summary>A pod's annotations reach us without containerd's list pod_annotations: only those for a sandbox are taken.</summary>
    private static Dictionary<string, string> AnnotationsOf(CreateSandboxRequest request, PodSandboxConfig? pod, OciSpec spec)
    {
        var all = new Dictionary<string, string>(spec.Annotations);
        foreach ((string key, string value) in pod?.Annotations.Where(pair => pair.Key.StartsWith(PassedOn, StringComparison.Ordinal)) ?? [])
        {
            all[key] = value;
        }

        foreach ((string key, string value) in request.Annotations)
        {
            all[key] = value;
        }

        if (pod?.Linux?.Resources is { } limits)
        {
            all["io.kubernetes.cri.sandbox-cpu-period"] = Text(limits.CpuPeriod);
            all["io.kubernetes.cri.sandbox-cpu-quota"] = Text(limits.CpuQuota);
            all["io.kubernetes.cri.sandbox-cpu-shares"] = Text(limits.CpuShares);
            all["io.kubernetes.cri.sandbox-memory"] = Text(limits.MemoryLimitInBytes);
        }

        return all;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>As containerd's CRI plugin names it: a path below the pod's cgroup, or systemd's slice:prefix:name.</summary>
    private static string CgroupPathOf(string parent, string sandbox)
    {
        string name = Path.GetFileName(parent.TrimEnd('/'));
        return name.EndsWith(".slice", StringComparison.Ordinal) ? $"{name}:cri-containerd:{sandbox}" : $"{parent.TrimEnd('/')}/{sandbox}";
    }

    /// <summary>The namespace of the call goes first. Without one, a pod that wants the node's has none; a bare sandbox gets an empty one.</summary>
    private static List<OciNamespace> NamespacesOf(CreateSandboxRequest request, PodSandboxConfig? pod, OciSpec? given)
    {
        IEnumerable<OciNamespace> all = given?.Linux?.Namespaces ?? [];
        if (request.NetnsPath.Length > 0)
        {
            return [.. all.Where(space => space.Type != Network), new OciNamespace { Type = Network, Path = request.NetnsPath }];
        }

        return OptionsOf(pod) is { Network: NamespaceMode.Node }
            ? [.. all.Where(space => space.Type != Network)]
            : given is not null ? [.. all] : [.. all, new OciNamespace { Type = Network }];
    }

    private static Dictionary<string, string> FilesOf(PodSandboxConfig pod)
    {
        string hostname = pod.Hostname.Length > 0 ? pod.Hostname : Environment.MachineName;
        return new Dictionary<string, string>
        {
            ["/etc/hostname"] = $"{hostname}\n",
            ["/etc/hosts"] = Hosts,
            ["/etc/resolv.conf"] = ResolverOf(pod.DnsConfig),
        };
    }

    // Without a configuration of its own a pod uses the node's.
    private static string ResolverOf(DNSConfig? dns)
    {
        const string Node = "/etc/resolv.conf";
        if (dns is null)
        {
            return File.Exists(Node) ? File.ReadAllText(Node) : string.Empty;
        }

        IEnumerable<string> lines =
        [
            .. dns.Searches.Count > 0 ? [$"search {string.Join(' ', dns.Searches)}"] : Array.Empty<string>(),
            .. dns.Servers.Select(server => $"nameserver {server}"),
            .. dns.Options.Count > 0 ? [$"options {string.Join(' ', dns.Options)}"] : Array.Empty<string>(),
        ];
        return string.Concat(lines.Select(line => $"{line}\n"));
    }
}
