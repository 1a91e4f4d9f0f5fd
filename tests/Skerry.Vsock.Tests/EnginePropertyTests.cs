using Skerry.Vsock.Engine;
using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Tests;

/// <summary>Two engines joined by a pipe that cuts and delays, driven by random readers and writers: every byte arrives, in order, once.</summary>
public sealed class EnginePropertyTests
{
    private const int Streams = 5;
    private const int BytesPerStream = 60_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task EveryByteArrivesInOrder_WhateverThePieces(int seed)
    {
        var random = new Random(seed);
        var left = new End(VsockEngineOptions.HostCid, VsockEngineOptions.GuestCid, random);
        var right = new End(VsockEngineOptions.GuestCid, VsockEngineOptions.HostCid, random);
        using VsockListener listener = right.Engine.Listen(1, Streams);
        Task<VsockStream>[] connecting = [.. Enumerable.Range(0, Streams).Select(_ => left.Engine.ConnectAsync(1, CancellationToken.None))];
        Exchange(left, right, () => connecting.All(task => task.IsCompleted));

        var work = new List<Task>();
        foreach (Task<VsockStream> task in connecting)
        {
            VsockStream here = await task;
            VsockStream there = await AcceptPeerOf(here, listener);
            int salt = (int)here.LocalPort;
            work.Add(WriteAsync(here, salt, random.Next(1, 5000)));
            work.Add(ReadAsync(there, salt, random.Next(1, 5000)));
            work.Add(WriteAsync(there, salt + 1, random.Next(1, 5000)));
            work.Add(ReadAsync(here, salt + 1, random.Next(1, 5000)));
        }

        Exchange(left, right, () => work.All(task => task.IsCompleted));
        await Task.WhenAll(work);
        foreach (Task<VsockStream> task in connecting)
        {
            (await task).Dispose();
        }

        Exchange(left, right, () => left.Engine.ConnectionCount == 0 && right.Engine.ConnectionCount == 0);
    }

    private static async Task<VsockStream> AcceptPeerOf(VsockStream here, VsockListener listener)
    {
        VsockStream there = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(here.LocalPort, there.PeerPort);
        return there;
    }

    private static async Task WriteAsync(VsockStream stream, int salt, int chunk)
    {
        byte[] buffer = new byte[chunk];
        for (int sent = 0; sent < BytesPerStream;)
        {
            int count = Math.Min(chunk, BytesPerStream - sent);
            for (int i = 0; i < count; i++)
            {
                buffer[i] = ByteAt(salt, sent + i);
            }

            await stream.WriteAsync(buffer.AsMemory(0, count));
            sent += count;
        }

        stream.ShutdownSend();
    }

    private static async Task ReadAsync(VsockStream stream, int salt, int chunk)
    {
        byte[] buffer = new byte[chunk];
        int received = 0;
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            int start = received;
            received += count;
            Assert.True(buffer.AsSpan(0, count).SequenceEqual(Enumerable.Range(start, count).Select(at => ByteAt(salt, at)).ToArray()), $"wrong bytes after {start}");
        }

        Assert.Equal(BytesPerStream, received);
    }

    private static byte ByteAt(int salt, int position) => (byte)((position * 31) + (position >> 8) + salt);

    /// <summary>Moves bytes both ways until <paramref name="isDone"/>; the time is bounded so that a lost wake-up fails the test.</summary>
    private static void Exchange(End left, End right, Func<bool> isDone)
    {
        long limit = Environment.TickCount64 + 60_000;
        while (!isDone())
        {
            left.MoveTo(right);
            right.MoveTo(left);
            Assert.True(Environment.TickCount64 < limit, "the engines stand still");
        }
    }

    /// <summary>An engine and the pipe out of it.</summary>
    private sealed class End
    {
        private readonly Random _random;
        private readonly PacketReader _reader = new();
        private readonly Queue<byte> _pipe = new();
        private readonly byte[] _output = new byte[8192];

        internal End(ulong local, ulong peer, Random random)
        {
            _random = random;
            Engine = new VsockEngine(new VsockEngineOptions { LocalCid = local, PeerCid = peer, BufferBytes = 3000, MaxPayload = 700 });
            lock (Engine.Lock)
            {
                Engine.SetOpen(output: true, session: true);
            }
        }

        internal VsockEngine Engine { get; }

        internal void MoveTo(End other)
        {
            var wakes = default(WakeList);
            if (_random.Next(3) > 0 && Engine.TryClaimOutput())
            {
                int count;
                while ((count = Engine.Fill(_output.AsSpan(0, _random.Next(44 + 4096, _output.Length)), ref wakes)) > 0)
                {
                    Array.ForEach(_output[..count], _pipe.Enqueue);
                }
            }

            wakes.Run();
            int piece = Math.Min(_pipe.Count, _random.Next(3000));
            byte[] bytes = new byte[piece];
            for (int i = 0; i < piece; i++)
            {
                bytes[i] = _pipe.Dequeue();
            }

            other.Receive(bytes);
        }

        private void Receive(ReadOnlySpan<byte> input)
        {
            var wakes = default(WakeList);
            lock (Engine.Lock)
            {
                PacketPart kind;
                while ((kind = _reader.Next(ref input, out ReadOnlySpan<byte> part)) != PacketPart.None)
                {
                    if (kind == PacketPart.Payload)
                    {
                        Engine.ReceivePayload(part, ref wakes);
                        continue;
                    }

                    VsockHeader header = VsockHeader.Read(part);
                    Engine.ReceiveHeader(header, ref wakes);
                    _reader.ExpectPayload((int)header.Length);
                }
            }

            wakes.Run();
        }
    }
}
