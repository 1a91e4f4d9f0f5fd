using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Ttrpc.Codec;
using Skerry.Protocols.Ttrpc.Messages;

namespace Skerry.Protocols.Tests;

public sealed class TtrpcCodecTests
{
    [Fact]
    public void AHeader_IsTenBytesBigEndian()
    {
        byte[] bytes = new byte[FrameHeader.Size];
        var header = new FrameHeader(0x01020304, 0x05060709, FrameType.Request, FrameFlags.RemoteClosed);
        header.Write(bytes);
        Assert.Equal("01020304050607090101", Convert.ToHexString(bytes));
        Assert.Equal(header, FrameHeader.Read(bytes));
    }

    [Theory]
    [InlineData("", "", "", null)]
    [InlineData("a.B", "C", "x", 0.0000001)]
    [InlineData("grpc.AgentService", "CreateContainer", "payload", 60.0)]
    public void ARequest_IsReadByTheGeneratedEnvelope(string service, string method, string text, double? seconds)
    {
        TimeSpan? timeout = seconds is { } value ? TimeSpan.FromSeconds(value) : null;
        Assert.True(OutgoingFrame.TryRequest(service, method, new StringValue { Value = text }, timeout, out OutgoingFrame frame));
        frame.SetStreamId(7);
        byte[] bytes = frame.Memory.ToArray();
        frame.Return();

        FrameHeader header = FrameHeader.Read(bytes);
        var request = Request.Parser.ParseFrom(bytes.AsSpan(FrameHeader.Size));
        Assert.Equal(new FrameHeader((uint)bytes.Length - 10, 7, FrameType.Request, FrameFlags.None), header);
        Assert.Equal((service, method), (request.Service, request.Method));
        Assert.Equal(text, StringValue.Parser.ParseFrom(request.Payload).Value);
        Assert.Equal(timeout is { } limit ? limit.Ticks * 100 : 0, request.TimeoutNano);
    }

    [Fact]
    public void AGeneratedRequest_IsReadWithItsMetadataAndUnknownFields()
    {
        var request = new Request { Service = "s", Method = "m", Payload = ByteString.CopyFromUtf8("p"), TimeoutNano = 5 };
        request.Metadata.Add(new KeyValue { Key = "traceparent", Value = "00-1" });
        byte[] bytes = [.. request.ToByteArray(), 0x78, 0x01, 0x82, 0x01, 0x01, 0xFF, 0x8D, 0x01, 1, 2, 3, 4, 0x91, 0x01, 1, 2, 3, 4, 5, 6, 7, 8];

        Assert.True(RequestEnvelope.TryRead(bytes, out RequestEnvelope envelope));
        Assert.Equal("s", Encoding.UTF8.GetString(envelope.Service));
        Assert.Equal("m", Encoding.UTF8.GetString(envelope.Method));
        Assert.Equal("p", Encoding.UTF8.GetString(envelope.Payload));
        Assert.Equal(5, envelope.TimeoutNano);
        Assert.Equal([new KeyValuePair<string, string>("traceparent", "00-1")], envelope.Metadata!);
    }

    [Fact]
    public void AFailure_IsReadByTheGeneratedEnvelopeAndBack()
    {
        OutgoingFrame frame = OutgoingFrame.Failure(9, TtrpcStatusCode.NotFound, "no \"x\"");
        byte[] body = frame.Memory[FrameHeader.Size..].ToArray();
        frame.Return();

        var response = Response.Parser.ParseFrom(body);
        Assert.Equal((5, "no \"x\""), (response.Status.Code, response.Status.Message));
        Assert.True(ResponseEnvelope.TryRead(body, out ResponseEnvelope envelope));
        Assert.Equal(TtrpcStatusCode.NotFound, envelope.Code);
        Assert.Equal("no \"x\"", Encoding.UTF8.GetString(envelope.Message));
    }

    [Theory]
    [InlineData("0A")]
    [InlineData("0A05")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")]
    [InlineData("0AFFFFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("00")]
    [InlineData("0B")]
    [InlineData("2A020A05")]
    [InlineData("8D01")]
    public void MalformedEnvelopes_AreRefused(string hex)
    {
        Assert.False(RequestEnvelope.TryRead(Convert.FromHexString(hex), out _));
    }

    [Fact]
    public void MetadataBeyondTheLimit_IsRefused()
    {
        var request = new Request();
        request.Metadata.Add(Enumerable.Range(0, RequestEnvelope.MaxMetadata + 1).Select(_ => new KeyValue()));
        Assert.False(RequestEnvelope.TryRead(request.ToByteArray(), out _));
    }

    [Fact]
    public void ARequestAboveTheLimit_IsNotEncoded()
    {
        var message = new BytesValue { Value = ByteString.CopyFrom(new byte[FrameHeader.MaxMessageLength]) };
        Assert.False(OutgoingFrame.TryRequest("s", "m", message, null, out _));
        Assert.False(OutgoingFrame.TryResponse(1, message, out _));
    }

    [Fact]
    public void EveryFailureKind_HasACodeThatMapsBack()
    {
        foreach (Core.FailureKind kind in System.Enum.GetValues<Core.FailureKind>())
        {
            Assert.Equal(kind, TtrpcStatus.KindOf(TtrpcStatus.CodeOf(kind)));
        }

        foreach (TtrpcStatusCode code in System.Enum.GetValues<TtrpcStatusCode>().Where(code => code != TtrpcStatusCode.Ok))
        {
            Assert.True(TtrpcStatus.CodeOf(TtrpcStatus.KindOf(code)) != TtrpcStatusCode.Ok);
        }
    }
}
