namespace Skerry.Linux.Tests.Descriptors;

public sealed class ReactorTests : IDisposable
{
    private readonly FileDescriptor _read;
    private readonly FileDescriptor _write;

    public ReactorTests() => (_read, _write) = Pipes.Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }

    [Fact]
    public async Task ATrial_IsTrue_WhenSomethingComes_AndAtTheEnd()
    {
        Task<bool> wait = Reactor.Shared.TryWaitReadableAsync(_read, Token).AsTask();
        _write.Write("x"u8);
        Assert.True(await wait);
        Assert.Equal(1, _read.Read(new byte[8]));
        wait = Reactor.Shared.TryWaitReadableAsync(_read, Token).AsTask();
        _write.Dispose();
        Assert.True(await wait);
    }

    [Fact]
    public async Task ATrial_IsFalse_WhenItIsCancelled_BeforeOrMeanwhile()
    {
        using var cancel = new CancellationTokenSource();
        Task<bool> wait = Reactor.Shared.TryWaitReadableAsync(_read, cancel.Token).AsTask();
        Assert.False(wait.IsCompleted);
        await cancel.CancelAsync();
        Assert.False(await wait);
        Assert.False(await Reactor.Shared.TryWaitReadableAsync(_read, cancel.Token));
    }

    [Fact]
    public async Task AWaiterUsedAgain_EndsAsItsNewKindDoes()
    {
        // The pool is a stack, and nothing else of this process waits on this reactor: the second wait has the first one's waiter.
        Reactor reactor = Reactor.Inline();
        using var first = new CancellationTokenSource();
        Task<bool> trial = reactor.TryWaitReadableAsync(_read, first.Token).AsTask();
        await first.CancelAsync();
        Assert.False(await trial);

        using var second = new CancellationTokenSource();
        Task wait = reactor.WaitReadableAsync(_read, second.Token).AsTask();
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task OneWaitThatIsCancelled_LeavesTheOthers()
    {
        using var cancel = new CancellationTokenSource();
        Task<bool> cancelled = Reactor.Shared.TryWaitReadableAsync(_read, cancel.Token).AsTask();
        Task<bool> kept = Reactor.Shared.TryWaitReadableAsync(_read, Token).AsTask();
        await cancel.CancelAsync();
        Assert.False(await cancelled);
        _write.Write("x"u8);
        Assert.True(await kept);
    }
}
