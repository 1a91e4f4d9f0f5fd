using System.Buffers.Binary;
using Skerry.Vsock.Carriers;
using Skerry.Vsock.Engine;
using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Tests;

/// <summary>The small parts: header, packet reader, hello scanner, credit, queue.</summary>
public sealed class EnginePartsTests
{
    [Fact]
    public void AHeader_HasVirtiosLayout()
    {
        var header = new VsockHeader
        {
            SourceCid = 0x0102030405060708,
            DestinationCid = 0x1112131415161718,
            SourcePort = 0x21222324,
            DestinationPort = 0x31323334,
            Length = 0x41424344,
            Type = 0x5152,
            Operation = (VsockOperation)0x6162,
            Flags = 0x71727374,
            BufferBytes = 0x81828384,
            ForwardCount = 0x91929394,
        };
        byte[] bytes = new byte[VsockHeader.Size];
        header.Write(bytes);
        Assert.Equal("08070605040302011817161514131211242322213433323144434241525162617473727184838281" + "94939291", Convert.ToHexString(bytes));
        Assert.Equal(header, VsockHeader.Read(bytes));
    }

    [Fact]
    public void Credit_CountsAcrossTheWrapAt4GiB()
    {
        var send = default(SendCredit);
        var receive = new ReceiveCredit(1 << 20);
        uint consumed = 0;
        for (int i = 0; i < 5000; i++)
        {
            send.Update(1 << 20, consumed);
            Assert.Equal(1u << 20, send.Available);
            Assert.True(receive.TryReceive(1 << 20));
            Assert.False(receive.TryReceive(1));
            send.Send(1 << 20);
            Assert.Equal(0u, send.Available);
            receive.Consume(1 << 20);
            Assert.True(receive.UpdateDue);
            consumed = receive.Advertise();
            Assert.False(receive.UpdateDue);
        }
    }

    [Fact]
    public void APeerThatShrinksItsBuffer_LeavesNoCredit()
    {
        var send = default(SendCredit);
        send.Update(100, 0);
        send.Send(80);
        send.Update(50, 0);
        Assert.Equal(0u, send.Available);
        send.Update(50, 79);
        Assert.Equal(49u, send.Available);
    }

    [Fact]
    public void TheQueue_GivesBackWhatWasPutIn_InAnyPieces()
    {
        var random = new Random(7);
        var queue = new ByteQueue();
        byte[] all = new byte[1 << 20];
        random.NextBytes(all);
        int put = 0;
        int taken = 0;
        while (taken < all.Length)
        {
            int more = Math.Min(queue.Length < 100_000 ? random.Next(20_000) : 0, all.Length - put);
            queue.Append(all.AsSpan(put, more));
            put += more;
            byte[] bytes = new byte[random.Next(20_000)];
            int count = queue.Take(bytes);
            Assert.True(all.AsSpan(taken, count).SequenceEqual(bytes.AsSpan(0, count)));
            taken += count;
            Assert.Equal(put - taken, queue.Length);
        }

        queue.Clear();
        Assert.Equal(0, queue.Take(new byte[9]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(44)]
    [InlineData(1000)]
    public void ThePacketReader_CutsAnyPiecesIntoHeadersAndPayload(int piece)
    {
        byte[] bytes = new byte[10 * (VsockHeader.Size + 45)];
        for (int i = 0, at = 0; i < 10; at += VsockHeader.Size + (5 * i), i++)
        {
            new VsockHeader { SourceCid = (ulong)i, Length = (uint)(5 * i) }.Write(bytes.AsSpan(at));
        }

        var reader = new PacketReader();
        var seen = new List<(ulong, int)>();
        for (int at = 0; at < bytes.Length && seen.Count <= 10; at += piece)
        {
            ReadOnlySpan<byte> input = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
            PacketPart kind;
            while ((kind = reader.Next(ref input, out ReadOnlySpan<byte> part)) != PacketPart.None && seen.Count <= 10)
            {
                if (kind == PacketPart.Header)
                {
                    VsockHeader header = VsockHeader.Read(part);
                    reader.ExpectPayload((int)header.Length);
                    seen.Add((header.SourceCid, 0));
                }
                else
                {
                    seen[^1] = (seen[^1].Item1, seen[^1].Item2 + part.Length);
                }
            }
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => ((ulong)i, 5 * i)), seen.Take(10));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(43)]
    [InlineData(500)]
    public void TheScanner_FindsAHelloBehindAnythingThatLooksLikeOne(int piece)
    {
        var hello = new HelloFrame(HelloKind.Hello, 1, 0x1234567890);
        byte[] bad = hello.ToBytes();
        BinaryPrimitives.WriteUInt32LittleEndian(bad.AsSpan(16), 99);
        byte[] bytes = [.. "SSSKERRY-VSOCK/1\rSKERRY-VSOCK/2"u8, .. bad, .. "SKERRY-VSOCK/1\r\nSKERRY"u8, .. hello.ToBytes(), .. "rest"u8];
        var scanner = new HelloScanner();
        var found = new List<HelloFrame>();
        int rest = 0;
        for (int at = 0; at < bytes.Length; at += piece)
        {
            ReadOnlySpan<byte> input = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
            while (found.Count == 0 && scanner.TryFind(ref input, out HelloFrame frame))
            {
                found.Add(frame);
            }

            rest += found.Count > 0 ? input.Length : 0;
        }

        Assert.Equal([hello], found);
        Assert.Equal("rest".Length, rest);
    }

    [Theory]
    [InlineData("CONNECT 1024", true, 1024u)]
    [InlineData("connect 4294967295", true, uint.MaxValue)]
    [InlineData("CONNECT 4294967296", false, 0u)]
    [InlineData("CONNECT -1", false, 0u)]
    [InlineData("CONNECT  1", false, 0u)]
    [InlineData("CONNECT", false, 0u)]
    [InlineData("OK 5", false, 0u)]
    public void TheFirstLine_IsReadStrictly(string line, bool good, uint expected)
    {
        Assert.Equal(good, Hybrid.HybridHandshake.TryReadConnect(System.Text.Encoding.ASCII.GetBytes(line), out uint port));
        Assert.Equal(expected, good ? port : 0);
    }
}
