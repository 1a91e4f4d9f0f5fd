using Skerry.Core;

namespace Skerry.Sandbox.Tests.Containers;

public sealed class GuestProcessTests
{
    private static readonly ProcessExit Seven = new(7, DateTimeOffset.UnixEpoch);

    [Fact]
    public void AnExitDuringStart_WaitsForTheStart()
    {
        GuestProcess process = Created();
        process.BeginStart();

        Assert.False(process.MarkExited(Seven));
        process.MarkRunning();
        Assert.True(process.ApplyEarlyExit());
        Assert.Equal((ProcessState.Stopped, Seven), (process.State, process.Exit));
    }

    [Fact]
    public void AnExitDuringPause_WaitsForThePause()
    {
        GuestProcess process = Running();
        process.BeginPause();
        Assert.False(process.MarkExited(Seven));
        process.MarkPaused();
        Assert.True(process.ApplyEarlyExit());
    }

    [Fact]
    public void ASecondExit_ChangesNothing()
    {
        GuestProcess process = Running();
        Assert.True(process.MarkExited(Seven));
        Assert.False(process.MarkExited(new ProcessExit(9, DateTimeOffset.UnixEpoch), force: true));
        Assert.Equal(7, process.Exit!.Status);
    }

    [Fact]
    public void WrongStates_AreRefused_InTheWordsOfRunc()
    {
        GuestProcess created = Created();
        Assert.Equal("cannot pause task in created state", Refusal(created.BeginPause));

        GuestProcess running = Running();
        Assert.Equal("cannot start a running process", Refusal(running.BeginStart));
        Assert.Equal("cannot resume a running process", Refusal(() => running.Expect(ProcessState.Paused, "resume")));
        Assert.Equal("cannot delete a running process", running.WrongState("delete").Message);

        running.BeginPause();
        running.MarkPaused();
        Assert.Equal("cannot pause a paused container", Refusal(running.BeginPause));
        Assert.Equal("cannot exec in a paused state", running.WrongState("exec").Message);

        running.MarkExited(Seven);
        Assert.Equal("cannot exec in a stopped state", running.WrongState("exec").Message);
        Assert.Equal("cannot pause a stopped container", Refusal(running.BeginPause));
        Assert.Equal("cannot start a stopped process", Refusal(running.BeginStart));
    }

    private static string Refusal(Action action) => Assert.Throws<SkerryException>(action).Message;

    private static GuestProcess Created()
    {
        var process = new GuestProcess(ContainerId.Parse("c"), string.Empty, StdioConfig.None, ProcessState.Creating);
        process.MarkCreated();
        return process;
    }

    private static GuestProcess Running()
    {
        GuestProcess process = Created();
        process.BeginStart();
        process.MarkRunning();
        return process;
    }
}
