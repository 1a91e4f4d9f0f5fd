using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
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
        await host.StartContainerAsync(ContainerdHost.SkerryRuntime, "wired-a", ["--with-ns", $"network:{network.PathOf("a")}"], "sh", "-c", Serve);

        await AssertConfiguredAsync(host, mac);
        await AssertReachableAsync(network);
        await AssertReachesAsync(host, network);
        await AssertWarnsOfLateInterfacesAsync(host, network);

        await DeleteAsync(host, "wired-a");
        Assert.Equal(before, await network.StateOfAsync("a"));
        await new Leftovers("wired-a").AssertNoneAsync();
    }

    /// <summary>A microvm cannot take one: that is said, once, with what to set.</summary>
    private static async Task AssertWarnsOfLateInterfacesAsync(ContainerdHost host, PodNetwork network)
    {
        const string warning = "interface late0 has come after the start and is not in the guest: the machine is a microvm, which takes no device after its start; set machine_type";
        await network.AddMacvlanAsync("a", "late0", "10.88.0.77/16");
        await Eventually.TrueAsync(async () => (await host.DaemonLogAsync()).Contains(warning, StringComparison.Ordinal), "the shim's log has the warning");
        await network.InPodAsync("a", "address", "add", "10.88.0.78/16", "dev", "late0");
        await network.InPodAsync("a", "link", "del", "late0");
        await network.ReachAsync("10.88.0.5");
        Assert.Equal(2, (await host.DaemonLogAsync()).Split(warning).Length);
    }

    [Fact]
    public async Task OnQ35_InterfacesOfSeveralKinds_ComeChangeAndGo()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using PodNetwork network = await PodNetwork.CreateAsync();
        await network.AddPodAsync("q", 5);
        await network.AddMacvlanAsync("q", "net1", "10.88.0.6/16");
        await network.InPodAsync("q", "route", "add", "default", "via", PodNetwork.Gateway.ToString(), "dev", "net1", "metric", "500");
        await network.AddMacvlanAsync("q", "net3", "10.88.0.8/16", kind: "macvtap");
        await network.InPodAsync("q", "tuntap", "add", "net4", "mode", "tap", "multi_queue");
        await network.InPodAsync("q", "address", "add", "10.88.0.9/16", "dev", "net4");
        await network.InPodAsync("q", "link", "set", "net4", "up");
        string before = await network.StateOfAsync("q");
        string config = Path.Combine(host.StateDirectory, "..", "q35.toml");
        await File.WriteAllTextAsync(config, "[hypervisor.qemu]\nmachine_type = \"q35\"\ndefault_vcpus = 2\nnetwork_queues = 2\n");
        await host.StartContainerAsync(
            ContainerdHost.SkerryRuntime, "wired-q", ["--runtime-config-path", config, "--with-ns", $"network:{network.PathOf("q")}"], "sleep", "1000");

        await network.ReachAsync("10.88.0.5");
        await network.ReachAsync("10.88.0.6");
        string seen = await InGuestAsync(host, "wired-q", "ip address; ip route; ls /sys/class/net/eth0/queues");
        Assert.Contains("default via 10.88.0.1 dev eth0 \n", seen);
        Assert.Contains("default via 10.88.0.1 dev net1  metric 500", seen);
        Assert.Contains("tx-1", seen);

        // Devices that a plugin made for the guest, opened by nobody: the q35 machine takes both as they are.
        Assert.Contains("inet 10.88.0.8/16", seen);
        Assert.Contains("inet 10.88.0.9/16", seen);
        await network.ReachAsync("10.88.0.8");

        await network.AddCableAsync("q", "net2", mtu: 1400);
        await network.InPodAsync("q", "address", "add", "10.88.0.7/16", "dev", "net2");
        await SeenInGuestAsync(host, "wired-q", "ip address show net2", "inet 10.88.0.7/16", "mtu 1400");
        await network.ReachAsync("10.88.0.7", 1372);

        await network.InPodAsync("q", "address", "add", "10.88.0.55/16", "dev", "eth0");
        await network.InPodAsync("q", "link", "set", "eth0", "mtu", "1300");
        await network.InPodAsync("q", "route", "add", "10.97.0.0/16", "via", PodNetwork.Gateway.ToString());
        await SeenInGuestAsync(host, "wired-q", "ip address show eth0; ip route", "inet 10.88.0.55/16", "mtu 1300", "10.97.0.0/16 via 10.88.0.1 dev eth0");

        await network.InPodAsync("q", "link", "delete", "net2");
        await Eventually.TrueAsync(
            async () => !(await InGuestAsync(host, "wired-q", "ls /sys/class/net")).Contains("net2", StringComparison.Ordinal), "net2 has left the guest", TimeSpan.FromSeconds(120));

        await DeleteAsync(host, "wired-q");
        Assert.Equal(before.Split('\n').Length, (await network.StateOfAsync("q")).Split('\n').Length);
        Assert.DoesNotContain("ingress", await network.QueuesOfAsync("q"));
        await new Leftovers("wired-q").AssertNoneAsync();
    }

    /// <summary>As hooks of network programs do, and Docker since version 26: they find the namespace by the task's process.</summary>
    [Fact]
    public async Task ASandboxWithoutANamespace_HasWhatAHookMakes_BeforeItsProgramStarts()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using PodNetwork network = await PodNetwork.CreateAsync();
        string root = Path.Combine(Path.GetDirectoryName(host.Address)!, "hooked");
        Directory.CreateDirectory(Path.Combine(root, "bin"));
        File.Copy("/bin/busybox", Path.Combine(root, "bin", "busybox"));
        JsonNode spec = JsonNode.Parse((await Tool.RunAsync("ctr", ["oci", "spec"])).Ok().Output)!;
        spec["root"]!["path"] = root;
        spec["process"]!["args"] = new JsonArray("/bin/busybox", "sh", "-c", "(busybox ip address show eth0; busybox ip route) >/seen; busybox touch /seen.all; exec busybox sleep 1000");
        spec["hooks"] = new JsonObject
        {
            ["createRuntime"] = new JsonArray(new JsonObject { ["path"] = "/bin/sh", ["args"] = new JsonArray("sh", "-c", network.HookScript(5)), ["env"] = new JsonArray("PATH=/usr/sbin:/usr/bin:/sbin:/bin") }),
        };
        string config = Path.Combine(root, "spec.json");
        await File.WriteAllTextAsync(config, spec.ToJsonString());
        (await host.CtrAsync("run", "-d", "--runtime", ContainerdHost.SkerryRuntime, "--config", config, "wired-l")).Ok();

        string seen = Path.Combine(root, "seen");
        await Eventually.TrueAsync(() => File.Exists(seen + ".all"), "the program has looked at its network", TimeSpan.FromSeconds(120));
        string text = await File.ReadAllTextAsync(seen);
        Assert.Contains("inet 10.88.0.5/16", text);
        Assert.Contains("default via 10.88.0.1", text);
        await network.ReachAsync("10.88.0.5");
        await DeleteAsync(host, "wired-l");
        await new Leftovers("wired-l").AssertNoneAsync();
    }

    [Theory]
    [InlineData("macvtap", false)]
    [InlineData("macvtap", true)]
    [InlineData("tcfilter", true)]
    public async Task WithRateLimits_TheGuestIsReached_AndTheNamespaceGetsAllBack_AlsoAfterAKill(string model, bool kill)
    {
        ContainerdHost host = await fixture.HostAsync();
        await using PodNetwork network = await PodNetwork.CreateAsync();
        await network.AddPodAsync("m", 5);
        string before = await network.StateOfAsync("m");
        string config = Path.Combine(host.StateDirectory, "..", "limits.toml");
        await File.WriteAllTextAsync(
            config, $"[hypervisor.qemu]\nrx_rate_limiter_max_rate = 20000000\ntx_rate_limiter_max_rate = 10000000\n[runtime]\ninternetworking_model = \"{model}\"\n");
        await host.StartContainerAsync(
            ContainerdHost.SkerryRuntime, "wired-m", ["--runtime-config-path", config, "--with-ns", $"network:{network.PathOf("m")}"], "sleep", "1000");

        await network.ReachAsync("10.88.0.5", 1472);
        string queues = await network.QueuesOfAsync("m");
        Assert.Contains("rate 20Mbit", queues);
        Assert.Contains("rate 10Mbit", queues);

        if (kill)
        {
            HostProcesses.Kill(HostProcesses.Find("containerd-shim-skerry-v2", "wired-m"));
            await Eventually.TrueAsync(async () => await host.TaskStatusAsync("wired-m") is null or "STOPPED", "containerd has seen it", TimeSpan.FromSeconds(60));
        }

        // containerd has the dead shim's sandbox cleaned up beside what it is asked.
        await DeleteAsync(host, "wired-m");
        await Eventually.TrueAsync(async () => await network.StateOfAsync("m") == before, "the namespace is as it was", TimeSpan.FromSeconds(60));
        await new Leftovers("wired-m").AssertNoneAsync();
    }

    [Fact]
    public async Task ANamespaceDeletedUnderItsPod_LeavesThePodRunning_AndNothingBehind()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using PodNetwork network = await PodNetwork.CreateAsync();
        await network.AddPodAsync("d", 5);
        await host.StartContainerAsync(ContainerdHost.SkerryRuntime, "wired-d", ["--with-ns", $"network:{network.PathOf("d")}"], "sleep", "1000");
        await network.ReachAsync("10.88.0.5");
        await network.InNodeAsync("link", "delete", "d-eth0");
        await network.DeletePodAsync("d");
        await SeenInGuestAsync(host, "wired-d", "ip address show eth0; echo alive", "alive");
        await Eventually.TrueAsync(
            async () => !(await InGuestAsync(host, "wired-d", "ip address show eth0")).Contains("10.88.0.5", StringComparison.Ordinal), "the guest's interface has lost its address", TimeSpan.FromSeconds(120));
        await DeleteAsync(host, "wired-d");
        await new Leftovers("wired-d").AssertNoneAsync();
    }

    [Fact]
    public async Task WhatCannotBeConnected_IsRefusedBeforeAnythingStarts()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using PodNetwork network = await PodNetwork.CreateAsync();
        await network.AddPodAsync("x", 5);
        string mac = (await network.InPodAsync("x", "-brief", "link", "show", "eth0")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
        await AssertRefusedAsync(host, ["--net-host"], "host's network", "hostPort");
        await AssertRefusedAsync(host, ["--with-ns", "network:/run/netns/sky-never-made"], "/run/netns/sky-never-made", "does not exist");
        await AssertRefusedAsync(host, ["--with-ns", $"network:/proc/{Environment.ProcessId}/ns/net"], "host's own network namespace");

        await network.InPodAsync("x", "link", "add", "twin", "address", mac, "up", "type", "veth", "peer", "name", "other");
        await AssertRefusedAsync(host, ["--with-ns", $"network:{network.PathOf("x")}"], "\"eth0\" and \"twin\"", mac);
        await network.InPodAsync("x", "link", "delete", "twin");
        await network.InPodAsync("x", "link", "add", "bridge0", "up", "type", "bridge");
        await AssertRefusedAsync(host, ["--with-ns", $"network:{network.PathOf("x")}"], "\"bridge0\" (bridge)", "veth");
        Assert.DoesNotContain("ingress", await network.QueuesOfAsync("x"));
    }

    private static async Task AssertRefusedAsync(ContainerdHost host, IEnumerable<string> flags, params string[] words)
    {
        ToolResult result = await host.RunAsync(ContainerdHost.SkerryRuntime, "wired-x", flags, "true");
        Assert.NotEqual(0, result.ExitCode);
        Assert.True(words.All(word => result.Error.Contains(word, StringComparison.Ordinal)), result.Error);
        await host.CtrAsync("containers", "delete", "wired-x");
        await new Leftovers("wired-x").AssertNoneAsync();
    }

    private static Task SeenInGuestAsync(ContainerdHost host, string id, string script, params string[] words) => Eventually.TrueAsync(
        async () =>
        {
            string seen = await InGuestAsync(host, id, script);
            return words.All(word => seen.Contains(word, StringComparison.Ordinal));
        },
        $"the guest shows {string.Join(", ", words)}",
        TimeSpan.FromSeconds(120));

    private static async Task AssertConfiguredAsync(ContainerdHost host, string mac)
    {
        string seen = await InGuestAsync(host, "wired-a", "ip address show eth0; ip route; ip -6 route; ip neigh");
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
            host, "wired-a", $"wget -q -O - http://{PodNetwork.Gateway}:8080/; nslookup -type=a island.test {PodNetwork.Gateway}; ping -c 1 -w 60 -s 1422 {PodNetwork.Gateway}; ping -6 -c 1 -w 60 {PodNetwork.GatewayV6}");
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
