using System.Buffers.Binary;
using Google.Protobuf.WellKnownTypes;
using Skerry.Core;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Ttrpc.Messages;

namespace Skerry.Protocols.Tests;

/// <summary>The server against frames written by hand.</summary>
public sealed class TtrpcServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AFrameThatComesByteByByte_IsAnswered()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(TtrpcPair.Echo);
        foreach (byte value in RawFrames.Request(1, "Echo", "slow"))
        {
            await pair.ClientEnd.WriteAsync(new[] { value }, Token);
        }

        (uint streamId, Response response) = await RawFrames.ReadResponseAsync(pair.ClientEnd);
        Assert.Equal((1u, "slow"), (streamId, RawFrames.TextOf(response)));
    }

    [Fact]
    public async Task ManyFramesInOneWrite_AreAllAnswered()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(TtrpcPair.Echo);
        byte[] batch = [.. Enumerable.Range(0, 500).SelectMany(i => RawFrames.Request((uint)((2 * i) + 1), "Echo", $"{i}"))];
        await pair.ClientEnd.WriteAsync(batch, Token);

        var answers = new Dictionary<uint, string>();
        for (int i = 0; i < 500; i++)
        {
            (uint streamId, Response response) = await RawFrames.ReadResponseAsync(pair.ClientEnd);
            answers.Add(streamId, RawFrames.TextOf(response));
        }

        Assert.All(answers, answer => Assert.Equal($"{answer.Key / 2}", answer.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AHandlerThatWaits_OrBlocksItsThread_HoldsUpNobody(bool keepsReaderFree)
    {
        using var release = new ManualResetEventSlim();
        var options = new TtrpcServerOptions { KeepsReaderFree = keepsReaderFree };
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(server =>
        {
            server.RegisterShort(TtrpcPair.Service, "Echo", StringValue.Parser, (request, _) => new StringValue { Value = request.Value });
            TtrpcPair.Register(server, "Block", (request, _, token) =>
            {
                release.Wait(token);
                return Task.FromResult(request);
            });
        }, options);
        await pair.ClientEnd.WriteAsync(RawFrames.Request(1, "Block", "late"), Token);
        await pair.ClientEnd.WriteAsync(RawFrames.Request(3, "Echo", "early"), Token);

        Assert.Equal(3u, (await RawFrames.ReadResponseAsync(pair.ClientEnd)).StreamId);
        release.Set();
        Assert.Equal(1u, (await RawFrames.ReadResponseAsync(pair.ClientEnd)).StreamId);
    }

    [Theory]
    [InlineData("no.Such", "Echo", "service \"no.Such\" (called for \"Echo\") is not implemented")]
    [InlineData(TtrpcPair.Service, "Nope", "method \"Nope\" of service \"test.Service\" is not implemented")]
    public async Task UnknownServicesAndMethods_AreUnimplementedByName(string service, string method, string message)
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(TtrpcPair.Echo);
        await pair.ClientEnd.WriteAsync(RawFrames.Request(1, method, "", service), Token);
        (_, Response response) = await RawFrames.ReadResponseAsync(pair.ClientEnd);
        Assert.Equal((12, message), (response.Status.Code, response.Status.Message));
    }

    [Fact]
    public async Task StreamsAndOddIds_AreRefusedAndTheConnectionGoesOn()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(TtrpcPair.Echo);
        byte[] frames =
        [
            .. RawFrames.Request(1, "Echo", "", flags: 0x02),
            .. RawFrames.Frame(1, 3, 0x01, [1, 2, 3]),
            .. RawFrames.Frame(5, 3, 0, []),
            .. RawFrames.Request(6, "Echo", ""),
            .. RawFrames.Request(5, "Echo", ""),
            .. RawFrames.Frame(7, 1, 0, [0x0A]),
            .. RawFrames.Request(9, "Echo", "still here"),
        ];
        await pair.ClientEnd.WriteAsync(frames, Token);

        var codes = new List<(uint, int)>();
        for (int i = 0; i < 6; i++)
        {
            (uint streamId, Response response) = await RawFrames.ReadResponseAsync(pair.ClientEnd);
            codes.Add((streamId, response.Status?.Code ?? 0));
        }

        Assert.Equal([(1u, 12), (5u, 3), (5u, 12), (6u, 3), (7u, 3), (9u, 0)], codes.Order());
    }

    [Fact]
    public async Task AnAnnouncedLengthAboveTheLimit_IsAnsweredAndClosesTheConnection()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(TtrpcPair.Echo);
        byte[] header = RawFrames.Frame(1, 1, 0, []);
        BinaryPrimitives.WriteUInt32BigEndian(header, (4 << 20) + 1);
        await pair.ClientEnd.WriteAsync(header, Token);

        (_, Response response) = await RawFrames.ReadResponseAsync(pair.ClientEnd);
        Assert.Equal((8, "the message has 4194305 bytes; a message may have 4194304"), (response.Status.Code, response.Status.Message));
        Assert.Equal(0, await pair.ClientEnd.ReadAsync(new byte[1], Token));
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => pair.Serving);
        Assert.Equal("the ttrpc connection was lost: the message has 4194305 bytes; a message may have 4194304", ErrorReport.OneLine(error));
    }

    [Fact]
    public async Task CallsThatCameBeforeABrokenFrame_StillEnd()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(TtrpcPair.Echo);
        byte[] frames = [.. RawFrames.Request(1, "Echo", "last words"), 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 3, 1, 0];
        await pair.ClientEnd.WriteAsync(frames, Token);
        await Assert.ThrowsAsync<TtrpcException>(() => pair.Serving.WaitAsync(TimeSpan.FromSeconds(60), Token));
    }

    [Fact]
    public async Task TooManyCallsAtOnce_AreRefusedUntilOneEnds()
    {
        var release = new TaskCompletionSource();
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(
            server => TtrpcPair.Register(server, "Wait", async (request, _, _) =>
            {
                await release.Task;
                return request;
            }),
            new TtrpcServerOptions { MaxConcurrentCalls = 2 });
        foreach (uint streamId in new uint[] { 1, 3, 5 })
        {
            await pair.ClientEnd.WriteAsync(RawFrames.Request(streamId, "Wait", ""), Token);
        }

        (uint refused, Response response) = await RawFrames.ReadResponseAsync(pair.ClientEnd);
        Assert.Equal((5u, 8), (refused, response.Status.Code));
        release.SetResult();
        Assert.Null((await RawFrames.ReadResponseAsync(pair.ClientEnd)).Response.Status);
        Assert.Null((await RawFrames.ReadResponseAsync(pair.ClientEnd)).Response.Status);
        await pair.ClientEnd.WriteAsync(RawFrames.Request(7, "Wait", ""), Token);
        Assert.Null((await RawFrames.ReadResponseAsync(pair.ClientEnd)).Response.Status);
    }

    [Fact]
    public async Task ALostConnection_CancelsItsHandlers()
    {
        var cancelled = new TaskCompletionSource();
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(server => TtrpcPair.Register(server, "Wait", async (request, _, token) =>
        {
            using CancellationTokenRegistration registration = token.Register(() => cancelled.SetResult());
            await Task.Delay(Timeout.Infinite, token);
            return request;
        }));
        await pair.ClientEnd.WriteAsync(RawFrames.Request(1, "Wait", ""), Token);
        await pair.ClientEnd.DisposeAsync();

        await cancelled.Task.WaitAsync(Token);
        await pair.Serving.WaitAsync(Token);
    }

    [Fact]
    public async Task AFrameCutInHalf_IsAnErrorOfTheConnection()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(TtrpcPair.Echo);
        await pair.ClientEnd.WriteAsync(RawFrames.Request(1, "Echo", "x").AsMemory(0, 12), Token);
        await pair.ClientEnd.DisposeAsync();
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => pair.Serving.WaitAsync(Token));
        Assert.Contains("within a frame", ErrorReport.OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_CancelsHandlersAndStillSendsTheirAnswers()
    {
        var started = new TaskCompletionSource();
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(server => TtrpcPair.Register(server, "Wait", async (request, _, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return request;
        }));
        await pair.ClientEnd.WriteAsync(RawFrames.Request(1, "Wait", "the end"), Token);
        await started.Task;
        Task stopping = pair.Server.DisposeAsync().AsTask();

        Assert.Equal("the end", RawFrames.TextOf((await RawFrames.ReadResponseAsync(pair.ClientEnd)).Response));
        await stopping;
        await pair.Serving;
        Assert.Equal(0, await pair.ClientEnd.ReadAsync(new byte[1], Token));
    }

    [Fact]
    public async Task AHandlerThatPassesItsLimit_IsAnsweredForWithDeadlineExceeded()
    {
        var release = new TaskCompletionSource();
        var failures = new List<string>();
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(
            server => TtrpcPair.Register(server, "Stubborn", async (request, _, _) =>
            {
                await release.Task;
                return request;
            }),
            new TtrpcServerOptions { CallFailed = (context, error) => failures.Add($"{context}: {error.GetType().Name}") });
        byte[] request = Google.Protobuf.MessageExtensions.ToByteArray(new Request { Service = TtrpcPair.Service, Method = "Stubborn", TimeoutNano = 20_000_000 });
        await pair.ClientEnd.WriteAsync(RawFrames.Frame(1, 1, 0, request), Token);

        (_, Response response) = await RawFrames.ReadResponseAsync(pair.ClientEnd);
        release.SetResult();
        Assert.Equal(4, response.Status.Code);
        Assert.StartsWith("test.Service/Stubborn: not done within the caller's 0.02 s", response.Status.Message, StringComparison.Ordinal);
        Assert.Equal(["test.Service/Stubborn: TtrpcException"], failures);
    }
}
