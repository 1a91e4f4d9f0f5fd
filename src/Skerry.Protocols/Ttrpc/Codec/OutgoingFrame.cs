using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>One frame ready to be sent, header included, in a rented buffer that whoever sends it returns.</summary>
internal readonly struct OutgoingFrame
{
    private readonly byte[] _buffer;

    private OutgoingFrame(int messageLength)
    {
        Length = FrameHeader.Size + messageLength;
        _buffer = ArrayPool<byte>.Shared.Rent(Length);
    }

    /// <summary>Bytes of the frame, header included.</summary>
    internal int Length { get; }

    /// <summary>The frame.</summary>
    internal ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Encodes a request, its stream id still to be set; false when it is larger than <see cref="FrameHeader.MaxMessageLength"/>.</summary>
    internal static bool TryRequest(string service, string method, IMessage message, TimeSpan? timeout, out OutgoingFrame frame)
    {
        int payload = message.CalculateSize();
        long timeoutNano = timeout is { } limit ? Math.Clamp(limit.Ticks, 1, long.MaxValue / TimeSpan.NanosecondsPerTick) * TimeSpan.NanosecondsPerTick : 0;
        int length = WireWriter.SizeOfText(service) + WireWriter.SizeOfText(method) + WireWriter.SizeOfInteger(timeoutNano) + SizeOfField(payload);
        if (!TryStart(0, FrameType.Request, length, out frame))
        {
            return false;
        }

        var writer = new WireWriter(frame.Body);
        writer.WriteText(1, service);
        writer.WriteText(2, method);
        writer.WriteMessage(3, message, payload);
        writer.WriteInteger(4, timeoutNano);
        return true;
    }

    /// <summary>Encodes the response of a call that went well; false when it is larger than <see cref="FrameHeader.MaxMessageLength"/>.</summary>
    internal static bool TryResponse(uint streamId, IMessage message, out OutgoingFrame frame)
    {
        int payload = message.CalculateSize();
        if (!TryStart(streamId, FrameType.Response, SizeOfField(payload), out frame))
        {
            return false;
        }

        var writer = new WireWriter(frame.Body);
        writer.WriteMessage(2, message, payload);
        return true;
    }

    /// <summary>Encodes the response of a call that failed; a message of more than 64 Ki characters is cut.</summary>
    internal static OutgoingFrame Failure(uint streamId, TtrpcStatusCode code, string text)
    {
        const int MaxText = 64 << 10;
        text = text.Length <= MaxText ? text : text[..MaxText];
        int status = WireWriter.SizeOfInteger((int)code) + WireWriter.SizeOfText(text);
        bool fits = TryStart(streamId, FrameType.Response, WireWriter.SizeOfBytes(status), out OutgoingFrame frame);
        System.Diagnostics.Debug.Assert(fits, "64 Ki characters are below the limit");
        var writer = new WireWriter(frame.Body);
        writer.WriteLength(1, status);
        writer.WriteInteger(1, (int)code);
        writer.WriteText(2, text);
        return frame;
    }

    /// <summary>Sets the stream id.</summary>
    internal void SetStreamId(uint streamId) => BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(4), streamId);

    /// <summary>Gives the buffer back; the frame must not be used afterwards.</summary>
    internal void Return() => ArrayPool<byte>.Shared.Return(_buffer);

    private Span<byte> Body => _buffer.AsSpan(FrameHeader.Size, Length - FrameHeader.Size);

    private static int SizeOfField(int payload) => payload == 0 ? 0 : WireWriter.SizeOfBytes(payload);

    private static bool TryStart(uint streamId, FrameType type, int messageLength, out OutgoingFrame frame)
    {
        if (messageLength > FrameHeader.MaxMessageLength)
        {
            frame = default;
            return false;
        }

        frame = new OutgoingFrame(messageLength);
        new FrameHeader((uint)messageLength, streamId, type, FrameFlags.None).Write(frame._buffer);
        return true;
    }
}
