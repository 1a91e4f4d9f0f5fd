using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Ttrpc.Codec;

namespace Skerry.Fuzz.Targets;

/// <summary>A whole connection of the ttrpc server: frames, ids, envelopes, methods.</summary>
internal sealed class TtrpcServerTarget : IFuzzTarget
{
    public string Name => "ttrpc-server";

    public IReadOnlyList<byte[]> Seeds { get; } = [Frames(1), Frames(3), [.. Frames(1), 0, 0, 0, 1, 0, 0, 0, 9, 3, 1, 7]];

    public IReadOnlyList<byte[]> Words { get; } = ["s/Echo"u8.ToArray(), [0, 0, 0, 0, 0, 0, 0, 3, 1, 0]];

    public void Run(byte[] input)
    {
        var server = new TtrpcServer(new TtrpcServerOptions { MaxConcurrentCalls = 4 });
        server.Register("s", "Echo", StringValue.Parser, (request, _, _) => Task.FromResult(request));
        server.Register("s", "Wait", StringValue.Parser, async (request, _, token) =>
        {
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(false);
            return request;
        });
        server.ServeAsync(new DuplexBytes(input), CancellationToken.None).GetAwaiter().GetResult();
    }

    public bool IsExpected(Exception error) => error is TtrpcException { Code: TtrpcStatusCode.Unavailable };

    private static byte[] Frames(int count)
    {
        var bytes = new List<byte>();
        for (uint i = 0; i < count; i++)
        {
            OutgoingFrame.TryRequest("s", i == 1 ? "Wait" : "Echo", new StringValue { Value = "abc" }, i == 2 ? TimeSpan.FromSeconds(1) : null, out OutgoingFrame frame);
            frame.SetStreamId((2 * i) + 1);
            bytes.AddRange(frame.Memory.Span);
            frame.Return();
        }

        return [.. bytes];
    }
}
