using System.Net;
using System.Net.Sockets;
using System.Text;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary><c>skerry run --network user</c>: the network of a person without a network plugin.</summary>
public sealed class UserNetworkTests(SkerryFixture fixture) : IClassFixture<SkerryFixture>
{
    [Fact]
    public async Task AContainer_IsReachedAtItsPublishedPort_AndReachesTheOutside()
    {
        SkerryHost host = await fixture.HostAsync();
        using var outside = new TcpListener(IPAddress.Loopback, 0);
        outside.Start();
        Task<string> asked = AnswerOnceAsync(outside);
        int port = FreePort();
        string script = $"cat /etc/resolv.conf /etc/hosts; wget -q -O - http://10.0.2.2:{((IPEndPoint)outside.LocalEndpoint).Port}/; mkdir /www; echo from-guest >/www/index.html; exec httpd -f -p 80 -h /www";
        (await host.SkerryAsync("run", "-d", "--name", "web", "--hostname", "island", "-p", $"127.0.0.1:{port}:80", "busybox", "sh", "-c", script)).Ok();

        await Eventually.TrueAsync(async () => (await GetAsync(port)).EndsWith("from-guest\n", StringComparison.Ordinal), "the published port answers", TimeSpan.FromSeconds(120));
        Assert.StartsWith("GET / HTTP/1.1", await asked.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        string log = (await host.SkerryAsync("logs", "web")).Ok().Output;
        Assert.Contains("nameserver 10.0.2.3", log);
        Assert.Contains("10.0.2.15\tisland", log);
        Assert.Contains("from-outside", log);

        ToolResult second = await host.RunAsync(["-p", $"127.0.0.1:{port}:80"], "true");
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains("publish another one", second.Error);
        (await host.SkerryAsync("rm", "-f", "web")).Ok();
    }

    [Theory]
    [InlineData("host", "cannot be given to a micro-VM", "--network user")]
    [InlineData("bridge", "there is no network \"bridge\"", "netns:PATH")]
    [InlineData("netns:/run/netns/sky-never-made", "/run/netns/sky-never-made", "does not exist")]
    public async Task ANetworkThatCannotBe_IsRefusedWithWhatToUse(string network, string problem, string hint)
    {
        SkerryHost host = await fixture.HostAsync();
        ToolResult result = await host.RunAsync(["--network", network], "true");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(problem, result.Error);
        Assert.Contains(hint, result.Error);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> AnswerOnceAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        var buffer = new byte[4096];
        int count = await client.GetStream().ReadAsync(buffer);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.0 200 OK\r\nContent-Length: 13\r\n\r\nfrom-outside\n"));
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    private static async Task<string> GetAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /index.html HTTP/1.0\r\n\r\n"));
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (Exception error) when (error is SocketException or IOException or TimeoutException)
        {
            return string.Empty;
        }
    }
}
