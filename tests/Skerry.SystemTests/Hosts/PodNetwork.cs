using System.Net;
using System.Net.Sockets;
using System.Text;
using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.SystemTests.Hosts;

/// <summary>
/// The network of a node without the node: a namespace with a bridge, and pods' namespaces with a cable to it, as a bridge plugin
/// makes them. Nothing of it is in the host's own namespace.
/// </summary>
public sealed class PodNetwork : IAsyncDisposable
{
    private const string Directory = "/run/netns";

    private readonly string _prefix = $"sky{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
    private readonly List<string> _namespaces = [];
    private static int s_count;

    /// <summary>The bridge's addresses, a pod's gateways.</summary>
    public static IPAddress Gateway { get; } = IPAddress.Parse("10.88.0.1");

    public static IPAddress GatewayV6 { get; } = IPAddress.Parse("fd88::1");

    private string Node => $"{_prefix}-node";

    /// <summary>Makes the node's namespace with its bridge.</summary>
    public static async Task<PodNetwork> CreateAsync()
    {
        var network = new PodNetwork();
        await network.AddNamespaceAsync(network.Node);
        await network.InNodeAsync("link", "add", "br0", "type", "bridge");
        await network.InNodeAsync("address", "add", $"{Gateway}/16", "dev", "br0");
        await network.InNodeAsync("address", "add", $"{GatewayV6}/64", "dev", "br0", "nodad");
        await network.InNodeAsync("link", "set", "br0", "up");
        return network;
    }

    /// <summary>Makes a pod's namespace with nothing in it.</summary>
    public Task AddEmptyPodAsync(string pod) => AddNamespaceAsync(NameOf(pod));

    /// <summary>Makes a pod's namespace with an eth0: 10.88.0.NUMBER and fd88::NUMBER, default routes to the bridge.</summary>
    public async Task AddPodAsync(string pod, int number, int mtu = 1500)
    {
        await AddEmptyPodAsync(pod);
        await AddCableAsync(pod, "eth0", mtu);
        await InPodAsync(pod, "address", "add", $"10.88.0.{number}/16", "dev", "eth0");
        await InPodAsync(pod, "address", "add", $"fd88::{number}/64", "dev", "eth0", "nodad");
        await InPodAsync(pod, "route", "add", "default", "via", Gateway.ToString());
        await InPodAsync(pod, "-6", "route", "add", "default", "via", GatewayV6.ToString());
    }

    /// <summary>A script that makes an eth0 like <see cref="AddPodAsync"/>'s in the namespace of the process that the state on its input names.</summary>
    public string HookScript(int number) => $"""
        set -e
        pid=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
        ip -n {Node} link add hook-eth0 type veth peer name eth0 netns $pid
        ip -n {Node} link set hook-eth0 master br0 up
        nsenter --net=/proc/$pid/ns/net ip link set eth0 up
        nsenter --net=/proc/$pid/ns/net ip address add 10.88.0.{number}/16 dev eth0
        nsenter --net=/proc/$pid/ns/net ip route add default via {Gateway}
        """;

    /// <summary>Adds a cable from the bridge to an interface of a pod, both ends up.</summary>
    public async Task AddCableAsync(string pod, string name, int mtu = 1500)
    {
        string outer = $"{pod}-{name}";
        await InNodeAsync("link", "add", outer, "mtu", $"{mtu}", "type", "veth", "peer", "name", name, "mtu", $"{mtu}", "netns", NameOf(pod));
        await InNodeAsync("link", "set", outer, "master", "br0", "up");
        await InPodAsync(pod, "link", "set", name, "up");
    }

    /// <summary>Adds a macvlan or macvtap, whose parent is on a cable to the bridge.</summary>
    public async Task AddMacvlanAsync(string pod, string name, string address, string kind = "macvlan")
    {
        string parent = $"{pod}-{name}";
        await InNodeAsync("link", "add", parent, "type", "veth", "peer", "name", $"{parent}p");
        await InNodeAsync("link", "set", $"{parent}p", "master", "br0", "up");
        await InNodeAsync("link", "set", parent, "up");
        await InNodeAsync("link", "add", "link", parent, "name", $"{parent}m", "type", kind, "mode", "bridge");
        await InNodeAsync("link", "set", $"{parent}m", "netns", NameOf(pod));
        await InPodAsync(pod, "link", "set", $"{parent}m", "name", name);
        await InPodAsync(pod, "address", "add", address, "dev", name);
        await InPodAsync(pod, "link", "set", name, "up");
    }

    /// <summary>The file of a pod's namespace.</summary>
    public string PathOf(string pod) => Path.Combine(Directory, NameOf(pod));

    /// <summary>Runs <c>ip</c> in the node's namespace.</summary>
    public async Task<string> InNodeAsync(params IEnumerable<string> arguments) => (await Tool.RunAsync("ip", ["-n", Node, .. arguments])).Ok().Output;

    /// <summary>Runs <c>ip</c> in a pod's namespace, from the host's side.</summary>
    public async Task<string> InPodAsync(string pod, params IEnumerable<string> arguments) => (await Tool.RunAsync("ip", ["-n", NameOf(pod), .. arguments])).Ok().Output;

    /// <summary>Interfaces, queues and filters of a pod's namespace, as text to compare.</summary>
    public async Task<string> StateOfAsync(string pod)
    {
        string links = await InPodAsync(pod, "-brief", "link");
        string queues = (await Tool.RunAsync("tc", ["-n", NameOf(pod), "qdisc"])).Ok().Output;
        return links + queues;
    }

    /// <summary>Queues of a pod's namespace.</summary>
    public async Task<string> QueuesOfAsync(string pod) => (await Tool.RunAsync("tc", ["-n", NameOf(pod), "qdisc"])).Ok().Output;

    /// <summary>Takes a pod's namespace away under whoever uses it.</summary>
    public async Task DeletePodAsync(string pod)
    {
        _namespaces.Remove(NameOf(pod));
        (await Tool.RunAsync("ip", ["netns", "delete", NameOf(pod)])).Ok();
    }

    /// <summary>Makes something of the node's namespace: a socket, which then stays in it.</summary>
    public T OnNode<T>(Func<T> make)
    {
        using FileDescriptor space = FileDescriptor.Open(Path.Combine(Directory, Node), OpenFlags.O_RDONLY);
        return NetworkNamespace.Run(space, make);
    }

    /// <summary>One ICMP echo of a size from the node, not to be fragmented on the way; false when no answer comes.</summary>
    /// <exception cref="SocketException">MessageSize when it is larger than the way's MTU.</exception>
    public async Task<bool> PingAsync(string address, int payloadBytes)
    {
        IPAddress target = IPAddress.Parse(address);
        bool v6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        using Socket socket = OnNode(() => new Socket(target.AddressFamily, SocketType.Raw, v6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp));
        if (!v6)
        {
            socket.DontFragment = true;
        }

        byte[] request = EchoRequest(v6, payloadBytes);
        await socket.SendToAsync(request, new IPEndPoint(target, 0));
        var buffer = new byte[65536];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            while (true)
            {
                int count = await socket.ReceiveAsync(buffer, limit.Token);
                ReadOnlySpan<byte> packet = v6 ? buffer.AsSpan(0, count) : buffer.AsSpan(20, count - 20);
                if (packet[0] == (v6 ? 129 : 0) && packet.Length == request.Length && packet[4..].SequenceEqual(request.AsSpan(4)))
                {
                    return true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Pings until an answer comes: a guest's interface may need a moment.</summary>
    public Task ReachAsync(string address, int payloadBytes = 56) =>
        Eventually.TrueAsync(() => PingAsync(address, payloadBytes), $"{address} answers a ping of {payloadBytes} bytes", TimeSpan.FromSeconds(120));

    /// <summary>Reads all that a TCP server sends; empty when it refuses.</summary>
    public async Task<string> ReadTcpAsync(string address, int port, string request = "")
    {
        using TcpClient client = OnNode(() => new TcpClient(IPAddress.Parse(address).AddressFamily));
        try
        {
            await client.ConnectAsync(IPAddress.Parse(address), port).WaitAsync(TimeSpan.FromSeconds(60));
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return string.Empty;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string name in _namespaces)
        {
            await Tool.RunAsync("ip", ["netns", "delete", name]);
        }
    }

    private static byte[] EchoRequest(bool v6, int payloadBytes)
    {
        var request = new byte[8 + payloadBytes];
        request[0] = v6 ? (byte)128 : (byte)8;
        Random.Shared.NextBytes(request.AsSpan(4));
        if (!v6)
        {
            uint sum = 0;
            for (int i = 0; i < request.Length; i += 2)
            {
                sum += (uint)(request[i] << 8) | (i + 1 < request.Length ? request[i + 1] : 0u);
            }

            sum = (sum & 0xffff) + (sum >> 16);
            ushort checksum = (ushort)~(sum + (sum >> 16));
            request[2] = (byte)(checksum >> 8);
            request[3] = (byte)checksum;
        }

        return request;
    }

    private string NameOf(string pod) => $"{_prefix}-{pod}";

    private async Task AddNamespaceAsync(string name)
    {
        (await Tool.RunAsync("ip", ["netns", "add", name])).Ok();
        _namespaces.Add(name);
    }
}
