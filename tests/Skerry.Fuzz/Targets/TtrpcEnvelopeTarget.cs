using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Ttrpc.Codec;

namespace Skerry.Fuzz.Targets;

/// <summary>The envelopes of requests and responses, read by hand: never an exception, whatever the bytes.</summary>
internal sealed class TtrpcEnvelopeTarget : IFuzzTarget
{
    public string Name => "ttrpc-envelope";

    public IReadOnlyList<byte[]> Seeds { get; } = [Request(), Failure(), []];

    public void Run(byte[] input)
    {
        if (RequestEnvelope.TryRead(input, out RequestEnvelope request) && request.Payload.Length + request.Service.Length + request.Method.Length > input.Length * 3)
        {
            throw new InvalidOperationException("fields are longer than the input");
        }

        ResponseEnvelope.TryRead(input, out _);
    }

    private static byte[] Request()
    {
        OutgoingFrame.TryRequest("grpc.AgentService", "CreateContainer", new StringValue { Value = "x" }, TimeSpan.FromSeconds(60), out OutgoingFrame frame);
        byte[] body = [.. frame.Memory[FrameHeader.Size..].ToArray(), 0x2A, 0x06, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0x76];
        frame.Return();
        return body;
    }

    private static byte[] Failure()
    {
        OutgoingFrame frame = OutgoingFrame.Failure(1, TtrpcStatusCode.NotFound, "no container");
        byte[] body = frame.Memory[FrameHeader.Size..].ToArray();
        frame.Return();
        return body;
    }
}
