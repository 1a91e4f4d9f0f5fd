using System.Net;
using System.Net.Sockets;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Oci;
using Skerry.Sandbox;

namespace Skerry.Cli.Containers;

/// <summary>What <c>--network</c>, <c>--publish</c> and <c>--dns</c> of <c>skerry run</c> ask for, and what it is in a bundle.</summary>
/// <param name="Model"><c>none</c>, <c>user</c>, or <c>netns</c> with <paramref name="NamespacePath"/>.</param>
/// <param name="NamespacePath">The network namespace to join; null for the other models.</param>
/// <param name="Ports">Published ports.</param>
/// <param name="NameServers">Addresses of name servers; empty for those that come with the network.</param>
internal sealed record NetworkArgument(string Model, string? NamespacePath, IReadOnlyList<PublishedPort> Ports, IReadOnlyList<IPAddress> NameServers)
{
    private const string HostResolver = "/etc/resolv.conf";
    private const string Joined = "netns";
    private const string Accepted = "use none, user, or netns:PATH, as in netns:/run/netns/blue";

    /// <summary>Reads the options. Ports without a network ask for a <c>user</c> one.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a network that does not exist, or ports it cannot publish.</exception>
    internal static NetworkArgument Parse(string? network, IReadOnlyList<string> publish, IReadOnlyList<string> dns)
    {
        IReadOnlyList<PublishedPort> ports = [.. publish.Select(PublishedPort.Parse)];
        IReadOnlyList<IPAddress> servers = [.. dns.Select(ParseServer)];
        string asked = network ?? (ports.Count > 0 ? NetworkConfig.User : NetworkConfig.None);
        string? path = Strip(asked, "netns:") ?? Strip(asked, "ns:");
        if (ports.Count > 0 && asked != NetworkConfig.User)
        {
            throw new SkerryException(
                FailureKind.InvalidArgument, $"-p publishes ports of a \"user\" network only, not of \"{asked}\"", path is null ? "use --network user" : "reach the container under its address in that namespace");
        }

        return asked switch
        {
            NetworkConfig.None or NetworkConfig.User => new NetworkArgument(asked, null, ports, servers),
            "host" => throw new SkerryException(
                FailureKind.InvalidArgument, "the host's network cannot be given to a micro-VM, which has a kernel and interfaces of its own", "use --network user, with -p for ports to be reached"),
            _ when path is { Length: > 0 } => new NetworkArgument(Joined, Path.GetFullPath(path), ports, servers),
            _ => throw new SkerryException(FailureKind.InvalidArgument, $"there is no network \"{asked}\"", Accepted),
        };
    }

    /// <summary>The annotations that tell the shim.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Annotations()
    {
        if (NamespacePath is null)
        {
            yield return new(NetworkConfig.Annotation, Model);
        }

        if (Ports.Count > 0)
        {
            yield return new(NetworkConfig.PublishAnnotation, string.Join(',', Ports));
        }
    }

    /// <summary>Writes the container's own resolv.conf and hosts, and gives their mounts; none without a network.</summary>
    /// <param name="directory">Where the files go.</param>
    /// <param name="hostname">The container's host name.</param>
    internal IReadOnlyList<OciMount> WriteFiles(string directory, string hostname)
    {
        if (Model == NetworkConfig.None)
        {
            return [];
        }

        string resolver = Path.Combine(directory, "resolv.conf");
        File.WriteAllText(resolver, string.Concat(ResolverLines().Select(line => line + "\n")));
        string hosts = Path.Combine(directory, "hosts");
        string own = Model == NetworkConfig.User ? UserNetwork.GuestAddress : "127.0.1.1";
        File.WriteAllText(hosts, $"127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{own}\t{hostname}\n");
        return [Bind(resolver, HostResolver), Bind(hosts, "/etc/hosts")];
    }

    private IEnumerable<string> ResolverLines()
    {
        if (NameServers.Count > 0)
        {
            return NameServers.Select(server => $"nameserver {server}");
        }

        return Model == NetworkConfig.User ? [$"nameserver {UserNetwork.NameServer}"] : HostLines();
    }

    /// <summary>The host's resolver configuration, without servers that only the host can reach.</summary>
    private static IEnumerable<string> HostLines() => File.Exists(HostResolver)
        ? File.ReadLines(HostResolver).Where(line => !line.Contains("nameserver 127.", StringComparison.Ordinal) && !line.Contains("nameserver ::1", StringComparison.Ordinal))
        : [];

    private static OciMount Bind(string source, string destination) =>
        new() { Source = source, Destination = destination, Type = "bind", Options = ["rbind", "rw"] };

    private static string? Strip(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static IPAddress ParseServer(string text) => IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
        ? address
        : throw new SkerryException(FailureKind.InvalidArgument, $"--dns \"{text}\" is no IP address");
}
