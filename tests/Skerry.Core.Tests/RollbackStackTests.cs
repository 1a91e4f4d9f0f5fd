namespace Skerry.Core.Tests;

public sealed class RollbackStackTests
{
    [Fact]
    public async Task UndosRunNewestFirst_AndAFailureDoesNotStopTheOthers()
    {
        var log = new List<string>();
        var stack = new RollbackStack();
        stack.Push("undo a", () => log.Add("a"));
        stack.Push("undo b", () => throw new InvalidOperationException("b broke"));
        stack.Push("undo c", () => log.Add("c"));

        IReadOnlyList<Exception> failures = await stack.RollBackAsync();

        Assert.Equal(["c", "a"], log);
        Assert.True(stack.HasFailed);
        Assert.Equal("cannot undo b: b broke", ErrorReport.OneLine(Assert.Single(failures)));
    }

    [Fact]
    public async Task Commit_KeepsEverything()
    {
        var stack = new RollbackStack();
        stack.Push("undo", () => Assert.Fail("must not run"));
        stack.Commit();
        Assert.Empty(await stack.RollBackAsync());
    }
}
