using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Protocols.Tests;

/// <summary>Two ends of a unix socket with a server on one of them; the test decides what speaks on the other.</summary>
internal sealed class TtrpcPair : IAsyncDisposable
{
    internal const string Service = "test.Service";

    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-ttrpc-").FullName;

    internal Stream ClientEnd { get; private set; } = Stream.Null;

    internal Stream ServerEnd { get; private set; } = Stream.Null;

    internal TtrpcServer Server { get; private set; } = new();

    internal Task Serving { get; private set; } = Task.CompletedTask;

    internal static async Task<TtrpcPair> OpenAsync()
    {
        var pair = new TtrpcPair();
        string path = Path.Combine(pair._directory, "s");
        using Socket listener = UnixSockets.Listen(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Task<Socket> accepted = listener.AcceptAsync();
        pair.ClientEnd = await UnixSockets.ConnectAsync(path, TestContext.Current.CancellationToken);
        pair.ServerEnd = new NetworkStream(await accepted, ownsSocket: true);
        return pair;
    }

    internal static async Task<TtrpcPair> ServeAsync(Action<TtrpcServer> register, TtrpcServerOptions? options = null)
    {
        TtrpcPair pair = await OpenAsync();
        pair.Server = new TtrpcServer(options);
        register(pair.Server);
        pair.Serving = pair.Server.ServeAsync(pair.ServerEnd, TestContext.Current.CancellationToken);
        return pair;
    }

    internal static void Echo(TtrpcServer server) =>
        Register(server, "Echo", (request, _, _) => Task.FromResult(new StringValue { Value = request.Value }));

    internal static void Register(TtrpcServer server, string method, Func<StringValue, TtrpcContext, CancellationToken, Task<StringValue>> handler) =>
        server.Register(Service, method, StringValue.Parser, handler);

    internal static Task<StringValue> CallAsync(TtrpcClient client, string method, string text = "", TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        client.CallAsync(Service, method, new StringValue { Value = text }, StringValue.Parser, timeout, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await ClientEnd.DisposeAsync();
        await ServerEnd.DisposeAsync();
        await Serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Directory.Delete(_directory, recursive: true);
    }
}
