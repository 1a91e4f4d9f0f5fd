using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;
using Skerry.SystemTests.Hosts;
using Skerry.Vsock;

namespace Skerry.SystemTests;

/// <summary>Calls of the agent's protocol that no command makes, against a real guest, through the socket of its sandbox.</summary>
public sealed class GuestCallTests(SkerryFixture fixture) : IClassFixture<SkerryFixture>
{
    private const long SomeDay = 2_000_000_000;

    [Fact]
    public async Task CallsAboutTheMachine_TakeEffectInTheGuest()
    {
        SkerryHost host = await fixture.HostAsync();
        (await host.SkerryAsync("run", "-d", "--name", "calls", "--cpus", "2", "--cap-add", "ALL", "busybox", "sleep", "1000")).Ok();
        await using var dialer = new HybridVsockDialer(Path.Combine(host.StateDirectory, "calls", "vsock.sock"));
        await using var agent = new TtrpcClient(await dialer.ConnectAsync(VsockPorts.Agent, TestContext.Current.CancellationToken));

        await CallAsync(agent, "SetGuestDateTime", new SetGuestDateTimeRequest { Sec = SomeDay });
        long time = long.Parse(await RunAsync(host, "date +%s"), CultureInfo.InvariantCulture);
        Assert.InRange(time, SomeDay, SomeDay + 3600);

        const string Cpu = "/sys/devices/system/cpu/cpu1/online";
        Assert.Equal("0", await RunAsync(host, $"mount -o remount,rw /sys && echo 0 >{Cpu} && cat {Cpu}"));
        await CallAsync(agent, "OnlineCPUMem", new OnlineCPUMemRequest { Wait = true, NbCpus = 1 });
        Assert.Equal("1", await RunAsync(host, $"cat {Cpu}"));

        await CallAsync(agent, "ReseedRandomDev", new ReseedRandomDevRequest { Data = ByteString.CopyFrom(new byte[512]) });
        await CallAsync(agent, "UpdateRoutes", new UpdateRoutesRequest());

        Interfaces interfaces = await CallAsync(agent, "ListInterfaces", new ListInterfacesRequest(), Interfaces.Parser);
        Interface loopback = Assert.Single(interfaces.Interfaces_, each => each.Name == "lo");
        Assert.Contains(loopback.IPAddresses, address => address.Address == "127.0.0.1");

        GuestDetailsResponse details = await CallAsync(agent, "GetGuestDetails", new GuestDetailsRequest { MemBlockSize = true }, GuestDetailsResponse.Parser);
        Assert.True(details.AgentDetails is { InitDaemon: true, SupportsSeccomp: true });
        Assert.Contains("watchable-bind", details.AgentDetails.StorageHandlers);

        (await host.SkerryAsync("rm", "-f", "calls")).Ok();
    }

    private static async Task<string> RunAsync(SkerryHost host, string script) =>
        (await host.SkerryAsync("exec", "calls", "sh", "-c", script)).Ok().Output.Trim();

    private static Task<Empty> CallAsync<TRequest>(TtrpcClient agent, string method, TRequest request)
        where TRequest : IMessage<TRequest> => CallAsync(agent, method, request, Empty.Parser);

    private static Task<TResponse> CallAsync<TRequest, TResponse>(TtrpcClient agent, string method, TRequest request, MessageParser<TResponse> parser)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> =>
        agent.CallAsync(ServiceNames.Agent, method, request, parser, Tool.DefaultLimit, TestContext.Current.CancellationToken);
}
