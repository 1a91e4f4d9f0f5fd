using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Ttrpc.Messages;

namespace Skerry.Protocols.Tests;

/// <summary>ttrpc spoken by hand over a stream, with the generated envelope: an independent second implementation.</summary>
internal static class RawFrames
{
    internal static byte[] Frame(uint streamId, byte type, byte flags, byte[] message)
    {
        byte[] frame = new byte[10 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)message.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), streamId);
        frame[8] = type;
        frame[9] = flags;
        message.CopyTo(frame, 10);
        return frame;
    }

    internal static byte[] Request(uint streamId, string method, string text, string service = TtrpcPair.Service, byte flags = 0) =>
        Frame(streamId, 1, flags, new Request { Service = service, Method = method, Payload = new StringValue { Value = text }.ToByteString() }.ToByteArray());

    internal static async Task<(uint StreamId, byte Type, byte[] Message)> ReadAsync(Stream stream)
    {
        byte[] header = new byte[10];
        await stream.ReadExactlyAsync(header, TestContext.Current.CancellationToken);
        byte[] message = new byte[BinaryPrimitives.ReadUInt32BigEndian(header)];
        await stream.ReadExactlyAsync(message, TestContext.Current.CancellationToken);
        return (BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)), header[8], message);
    }

    internal static async Task<(uint StreamId, Response Response)> ReadResponseAsync(Stream stream)
    {
        (uint streamId, byte type, byte[] message) = await ReadAsync(stream);
        Assert.Equal(2, type);
        return (streamId, Response.Parser.ParseFrom(message));
    }

    internal static string TextOf(Response response) => StringValue.Parser.ParseFrom(response.Payload).Value;
}
