using System.Net;
using System.Net.Sockets;
using System.Text;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>A pod's network in the guest: what its namespace holds, traffic both ways, and everything given back.</summary>
public sealed class NetworkTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    private const string Serve = "mkdir /www; echo from-guest >/www/index.html; httpd -p 80 -h /www; echo ready; exec sleep 1000";

    [Fact]
    public async Task AGuest_HasItsPodsInterface_AndTalksBothWaysWithPacketsOfFullSize()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using PodNetwork network = await PodNetwork.CreateAsync();
        await network.AddPodAsync("a", 5, mtu: 1450);
        await network.InPodAsync("a", "neighbour", "add", "10.88.0.99", "lladdr", "02:00:00:00:00:99", "dev", "eth0");
        await network.InPodAsync("a", "route", "add", "10.99.0.0/16", "dev", "eth0", "scope", "link", "metric", "77");
        string before = await network.StateOfAsync("a");
        string mac = (await network.InPodAsync("a", "-brief", "link", "show", "eth0")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
        await host.StartContainerAsync(ContainerdHost.SkerryRuntime, "net-a", ["--with-ns", $"network:{network.PathOf("a")}"], "sh", "-c", Serve);

        await AssertConfiguredAsync(host, mac);
        await AssertReachableAsync(network);
        await AssertReachesAsync(host, network);

        await DeleteAsync(host, "net-a");
        Assert.Equal(before, await network.StateOfAsync("a"));
        await new Leftovers("net-a").AssertNoneAsync();
    }

    private static async Task AssertConfiguredAsync(ContainerdHost host, string mac)
    {
        string seen = await InGuestAsync(host, "net-a", "ip address show eth0; ip route; ip -6 route; ip neigh");
        foreach (string line in (string[])
            [
                "mtu 1450", $"link/ether {mac}", "inet 10.88.0.5/16 brd 10.88.255.255", "inet6 fd88::5/64", "default via 10.88.0.1 dev eth0",
                "10.99.0.0/16 dev eth0 scope link  metric 77", "default via fd88::1 dev eth0", "10.88.0.99 dev eth0 lladdr 02:00:00:00:00:99",
            ])
        {
            Assert.Contains(line, seen);
        }
    }

    private static async Task AssertReachableAsync(PodNetwork network)
    {
        const int ipv4AndIcmp = 28;
        const int ipv6AndIcmp = 48;
        await network.ReachAsync("10.88.0.5", 1450 - ipv4AndIcmp);
        await network.ReachAsync("fd88::5", 1450 - ipv6AndIcmp);
        await Eventually.TrueAsync(
            async () => (await network.ReadTcpAsync("10.88.0.5", 80, "GET /index.html HTTP/1.0\r\n\r\n")).EndsWith("from-guest\n", StringComparison.Ordinal),
            "the guest's web server answers",
            TimeSpan.FromSeconds(120));
        Assert.EndsWith("from-guest\n", await network.ReadTcpAsync("fd88::5", 80, "GET /index.html HTTP/1.0\r\n\r\n"));
    }

    /// <summary>TCP, UDP and ICMP from the guest: a web server, a name server and the bridge itself on the node.</summary>
    private static async Task AssertReachesAsync(ContainerdHost host, PodNetwork network)
    {
        using var stop = new CancellationTokenSource();
        using TcpListener web = network.OnNode(() => Listening(new TcpListener(PodNetwork.Gateway, 8080)));
        using UdpClient names = network.OnNode(() => new UdpClient(new IPEndPoint(PodNetwork.Gateway, 53)));
        Task[] servers = [ServePagesAsync(web, stop.Token), ServeNamesAsync(names, stop.Token)];
        string seen = await InGuestAsync(
            host, "net-a", $"wget -q -O - http://{PodNetwork.Gateway}:8080/; nslookup -type=a island.test {PodNetwork.Gateway}; ping -c 1 -w 60 -s 1422 {PodNetwork.Gateway}; ping -6 -c 1 -w 60 {PodNetwork.GatewayV6}");
        await stop.CancelAsync();
        await Task.WhenAll(servers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.Contains("from-node", seen);
        Assert.Contains("203.0.113.7", seen);
        Assert.Contains("1430 bytes from 10.88.0.1", seen);
        Assert.Contains("bytes from fd88::1", seen);
    }

    private static TcpListener Listening(TcpListener listener)
    {
        listener.Start();
        return listener;
    }

    private static async Task ServePagesAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
            NetworkStream stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[16], cancellationToken);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nfrom-node\n"), cancellationToken);
        }
    }

    /// <summary>Answers every question with one address: header, the question as it came, a pointer to it, A, IN, 60 s, 4 bytes.</summary>
    private static async Task ServeNamesAsync(UdpClient socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            UdpReceiveResult question = await socket.ReceiveAsync(cancellationToken);
            byte[] answer = [.. question.Buffer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 7];
            answer[2] = 0x84;
            answer[7] = 1;
            await socket.SendAsync(answer, question.RemoteEndPoint, cancellationToken);
        }
    }

    private static async Task<string> InGuestAsync(ContainerdHost host, string id, string script) =>
        (await host.CtrAsync("tasks", "exec", "--exec-id", $"x{Guid.NewGuid():N}", id, "sh", "-c", script)).Output;

    private static async Task DeleteAsync(ContainerdHost host, string id)
    {
        await host.CtrAsync("tasks", "delete", "-f", id);
        (await host.CtrAsync("containers", "delete", id)).Ok();
    }
}
