using Skerry.Core;

namespace Skerry.Sandbox.Tests.Engine;

public sealed class DeletionTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASecondDeletion_SharesTheResultOfTheFirst_AndAThirdFindsNothing()
    {
        await using var sandbox = await SandboxWithSecondContainerAsync();
        Task<ProcessExit> first = sandbox.Driver.DeleteAsync(SandboxHarness.Id("c2"), string.Empty, Token);
        await UnderWayAsync(sandbox);
        Task<ProcessExit> second = sandbox.Driver.DeleteAsync(SandboxHarness.Id("c2"), string.Empty, Token);
        Assert.False(second.IsCompleted);
        sandbox.AgentOptions.Release.SetResult();

        Assert.Same(await first.WaitAsync(Soon, Token), await second.WaitAsync(Soon, Token));
        Assert.Single(sandbox.Events.Topics, topic => topic == "/tasks/delete");
        Assert.Single(sandbox.Agent.Calls, call => call == "RemoveContainer c2");
        SkerryException third = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.DeleteAsync(SandboxHarness.Id("c2"), string.Empty, Token));
        Assert.Equal(FailureKind.NotFound, third.Kind);
    }

    [Fact]
    public async Task ADeletionWhoseCallerGoesAway_IsFinished_WhenItIsAskedForAgain()
    {
        await using var sandbox = await SandboxWithSecondContainerAsync();
        using var impatient = new CancellationTokenSource();
        Task<ProcessExit> first = sandbox.Driver.DeleteAsync(SandboxHarness.Id("c2"), string.Empty, impatient.Token);
        await UnderWayAsync(sandbox);
        Task<ProcessExit> second = sandbox.Driver.DeleteAsync(SandboxHarness.Id("c2"), string.Empty, Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Soon, Token));
        sandbox.AgentOptions.Release.SetResult();

        Assert.Equal(137, (await second.WaitAsync(Soon, Token)).Status);
        Assert.DoesNotContain(SandboxHarness.Id("c2"), await sandbox.Driver.ListAsync());
    }

    [Fact]
    public async Task ARunningContainer_IsStillNotDeleted()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.DeleteAsync(SandboxHarness.Id(), string.Empty, Token));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
    }

    private static async Task<SandboxHarness> SandboxWithSecondContainerAsync()
    {
        var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        await sandbox.Driver.CreateAsync(sandbox.Container("c2"), Token);
        sandbox.AgentOptions.Hold = "RemoveContainer";
        return sandbox;
    }

    private static async Task UnderWayAsync(SandboxHarness sandbox)
    {
        while (!sandbox.Agent.Calls.Contains("RemoveContainer c2"))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
        }
    }
}
