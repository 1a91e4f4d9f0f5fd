using System.Buffers.Binary;
using Google.Protobuf.WellKnownTypes;
using Skerry.Core;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Protocols.Tests;

/// <summary>The client against the server, and against a peer that misbehaves.</summary>
public sealed class TtrpcClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyCallersAtOnce_EachGetTheirOwnAnswer()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(server => TtrpcPair.Register(server, "Echo", async (request, _, _) =>
        {
            await Task.Yield();
            return request;
        }));
        await using var client = new TtrpcClient(pair.ClientEnd);
        await Parallel.ForEachAsync(Enumerable.Range(0, 5000), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Token }, async (i, token) =>
            Assert.Equal($"{i}", (await TtrpcPair.CallAsync(client, "Echo", $"{i}", TimeSpan.FromSeconds(30), token)).Value));
    }

    [Fact]
    public async Task MessagesOfNearly4MiB_PassBothWays_AndLargerOnesFailWithTheirSize()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(server =>
        {
            TtrpcPair.Echo(server);
            TtrpcPair.Register(server, "Grow", (_, _, _) => Task.FromResult(new StringValue { Value = new string('x', 4 << 20) }));
        });
        await using var client = new TtrpcClient(pair.ClientEnd);
        string text = new('x', (4 << 20) - 64);
        Assert.Equal(text, (await TtrpcPair.CallAsync(client, "Echo", text, null, Token)).Value);

        TtrpcException tooLarge = await Assert.ThrowsAsync<TtrpcException>(() => TtrpcPair.CallAsync(client, "Echo", text + text, null, Token));
        Assert.Equal((TtrpcStatusCode.ResourceExhausted, FailureKind.ResourceExhausted), (tooLarge.Code, tooLarge.Kind));
        TtrpcException answer = await Assert.ThrowsAsync<TtrpcException>(() => TtrpcPair.CallAsync(client, "Grow", "", null, Token));
        Assert.Equal("test.Service/Grow: the response has 4194309 bytes; a message may have 4194304", answer.Message);
        Assert.Equal("after", (await TtrpcPair.CallAsync(client, "Echo", "after", null, Token)).Value);
    }

    [Fact]
    public async Task WhatAHandlerThrows_ArrivesAsItsKindWithTheWholeChain()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(server =>
        {
            TtrpcPair.Register(server, "Ours", (_, _, _) => throw new SkerryException(FailureKind.NotFound, "no container \"x\"", cause: new IOException("gone")));
            TtrpcPair.Register(server, "Other", (_, _, _) => throw new InvalidOperationException("a bug"));
            TtrpcPair.Register(server, "Chosen", (_, _, _) => throw new TtrpcException(TtrpcStatusCode.Aborted, "not now"));
        });
        await using var client = new TtrpcClient(pair.ClientEnd);
        Assert.Equal((TtrpcStatusCode.NotFound, "no container \"x\": gone"), await FailureOf("Ours"));
        Assert.Equal((TtrpcStatusCode.Internal, "a bug"), await FailureOf("Other"));
        Assert.Equal((TtrpcStatusCode.Aborted, "not now"), await FailureOf("Chosen"));

        async Task<(TtrpcStatusCode, string)> FailureOf(string method)
        {
            TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => TtrpcPair.CallAsync(client, method, "", null, Token));
            return (error.Code, error.Message);
        }
    }

    [Fact]
    public async Task AnAnswerThatDoesNotComeInTime_IsDeadlineExceeded_AndALateOneIsIgnored()
    {
        await using TtrpcPair pair = await TtrpcPair.OpenAsync();
        await using var client = new TtrpcClient(pair.ClientEnd);
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => TtrpcPair.CallAsync(client, "Slow", "", TimeSpan.FromMilliseconds(20), Token));
        Assert.Equal((TtrpcStatusCode.DeadlineExceeded, "test.Service/Slow did not answer within 0.02 s"), (error.Code, error.Message));

        await RawFrames.ReadAsync(pair.ServerEnd);
        await pair.ServerEnd.WriteAsync(RawFrames.Frame(1, 2, 0, []), Token);
        Task<StringValue> next = TtrpcPair.CallAsync(client, "Next", "", null, Token);
        Assert.Equal(3u, (await RawFrames.ReadAsync(pair.ServerEnd)).StreamId);
        await pair.ServerEnd.WriteAsync(RawFrames.Frame(3, 2, 0, []), Token);
        Assert.Equal("", (await next).Value);
    }

    [Fact]
    public async Task GivingUp_EndsOnlyThatCall()
    {
        await using TtrpcPair pair = await TtrpcPair.OpenAsync();
        await using var client = new TtrpcClient(pair.ClientEnd);
        using var giveUp = new CancellationTokenSource();
        Task<StringValue> first = TtrpcPair.CallAsync(client, "A", "", null, giveUp.Token);
        Task<StringValue> second = TtrpcPair.CallAsync(client, "B", "", null, Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await pair.ServerEnd.WriteAsync(RawFrames.Frame(3, 2, 0, []), Token);
        await second;
    }

    [Fact]
    public async Task AnAnswerWithTheEndRightBehindIt_IsNotLost()
    {
        for (int i = 0; i < 300; i++)
        {
            await using TtrpcPair pair = await TtrpcPair.OpenAsync();
            await using var client = new TtrpcClient(pair.ClientEnd);
            Task<StringValue> last = TtrpcPair.CallAsync(client, "Shutdown", "", TimeSpan.FromSeconds(60), Token);
            await RawFrames.ReadAsync(pair.ServerEnd);
            await pair.ServerEnd.WriteAsync(RawFrames.Frame(1, 2, 0, []), Token);
            await pair.ServerEnd.DisposeAsync();
            Assert.Equal("", (await last).Value);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALostConnection_FailsAllCallsAndLaterOnesWithUnavailable(bool byPeer)
    {
        await using TtrpcPair pair = await TtrpcPair.OpenAsync();
        var client = new TtrpcClient(pair.ClientEnd);
        Task<StringValue>[] calls = [.. Enumerable.Range(0, 10).Select(_ => TtrpcPair.CallAsync(client, "A", "", TimeSpan.FromMinutes(1), Token))];
        await (byPeer ? pair.ServerEnd.DisposeAsync() : client.DisposeAsync());
        foreach (Task<StringValue> call in calls.Append(TtrpcPair.CallAsync(client, "A", "", null, Token)))
        {
            Assert.Equal(TtrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<TtrpcException>(() => call)).Code);
        }

        await client.Closed.WaitAsync(Token);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task APeerThatAnnouncesTooMuch_OrAnswersWithAStream_FailsTheCall()
    {
        await using TtrpcPair pair = await TtrpcPair.OpenAsync();
        await using var client = new TtrpcClient(pair.ClientEnd);
        Task<StringValue> first = TtrpcPair.CallAsync(client, "A", "", null, Token);
        await RawFrames.ReadAsync(pair.ServerEnd);
        await pair.ServerEnd.WriteAsync(RawFrames.Frame(1, 3, 0, []), Token);
        Assert.Equal(TtrpcStatusCode.Unimplemented, (await Assert.ThrowsAsync<TtrpcException>(() => first)).Code);

        Task<StringValue> second = TtrpcPair.CallAsync(client, "A", "", null, Token);
        byte[] header = RawFrames.Frame(3, 2, 0, []);
        BinaryPrimitives.WriteUInt32BigEndian(header, uint.MaxValue);
        await pair.ServerEnd.WriteAsync(header, Token);
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => second);
        Assert.Equal("the connection was lost: the peer announced a message of more than 4194304 bytes", ErrorReport.OneLine(error));
    }

    [Fact]
    public async Task APeerThatDoesNotRead_StopsNeitherTimeoutsNorFurtherErrors()
    {
        await using TtrpcPair pair = await TtrpcPair.OpenAsync();
        var client = new TtrpcClient(pair.ClientEnd);
        string text = new('x', 1 << 20);
        for (int i = 0; i < 3; i++)
        {
            TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => TtrpcPair.CallAsync(client, "A", text, TimeSpan.FromMilliseconds(20), Token));
            Assert.Equal(TtrpcStatusCode.DeadlineExceeded, error.Code);
        }

        await client.DisposeAsync().AsTask().WaitAsync(Token);
    }

    [Fact]
    public async Task CallsBeyondTheLimitOfTheClient_AreRefused()
    {
        await using TtrpcPair pair = await TtrpcPair.OpenAsync();
        await using var client = new TtrpcClient(pair.ClientEnd, maxConcurrentCalls: 1);
        Task<StringValue> first = TtrpcPair.CallAsync(client, "A", "", null, Token);
        Assert.Equal(TtrpcStatusCode.ResourceExhausted, (await Assert.ThrowsAsync<TtrpcException>(() => TtrpcPair.CallAsync(client, "B", "", null, Token))).Code);
        await pair.ServerEnd.WriteAsync(RawFrames.Frame(1, 2, 0, []), Token);
        await first;
    }

    [Fact]
    public async Task TheLimitAndTheMetadata_ReachTheHandler()
    {
        await using TtrpcPair pair = await TtrpcPair.ServeAsync(server => TtrpcPair.Register(server, "Ask", (_, context, _) =>
            Task.FromResult(new StringValue { Value = $"{context} {context.Timeout?.TotalSeconds}" })));
        await using var client = new TtrpcClient(pair.ClientEnd);
        Assert.Equal("test.Service/Ask 7", (await TtrpcPair.CallAsync(client, "Ask", "", TimeSpan.FromSeconds(7), Token)).Value);
        Assert.Equal("test.Service/Ask ", (await TtrpcPair.CallAsync(client, "Ask", "", Timeout.InfiniteTimeSpan, Token)).Value);
    }
}
