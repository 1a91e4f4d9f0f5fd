using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Skerry.Agent.Tests.Harness;
using Skerry.Vsock;

namespace Skerry.Agent.Tests.Network;

public sealed class ForwardPortTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private AgentHarness _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await AgentHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task AStream_IsJoinedWithThePortItNames_BothWaysToTheEnd(string address)
    {
        using var server = new TcpListener(IPAddress.Parse(address), 0);
        server.Start();
        await using VsockStream stream = await ForwardAsync(((IPEndPoint)server.LocalEndpoint).Port);
        using TcpClient accepted = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
        await stream.WriteAsync("question"u8.ToArray(), TestContext.Current.CancellationToken);
        stream.ShutdownSend();
        using var reader = new StreamReader(accepted.GetStream());
        Assert.Equal("question", await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience));
        await accepted.GetStream().WriteAsync("answer"u8.ToArray(), TestContext.Current.CancellationToken);
        accepted.Close();
        using var answer = new StreamReader(stream);
        Assert.Equal("answer", await answer.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience));
    }

    [Fact]
    public async Task APortThatNobodyListensOn_EndsTheStream()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using VsockStream stream = await ForwardAsync(port);
        Assert.Equal(0, await ReadOrEndAsync(stream));
    }

    private async Task<VsockStream> ForwardAsync(int port)
    {
        VsockStream stream = await _agent.ConnectAsync(VsockPorts.Forward);
        byte[] wanted = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(wanted, (ushort)port);
        await stream.WriteAsync(wanted, TestContext.Current.CancellationToken);
        return stream;
    }

    // A reset is an end as well.
    private static async Task<int> ReadOrEndAsync(VsockStream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
