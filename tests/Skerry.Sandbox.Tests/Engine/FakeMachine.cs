using System.Collections.Concurrent;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Linux;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>A machine that is a socket pair with a <see cref="FakeAgent"/> at its far end.</summary>
internal sealed class FakeMachine : IVirtualMachine
{
    private readonly TaskCompletionSource<MachineExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FdStream _near;
    private readonly FdStream _far;

    internal FakeMachine(FakeAgentOptions options, int slots = 0)
    {
        Slots = slots;
        (FileDescriptor near, FileDescriptor far) = SocketPair.Create();
        _near = new FdStream(near);
        _far = new FdStream(far);
        Agent = new FakeAgent(_far, options);
    }

    internal FakeAgent Agent { get; }

    public int ProcessId => Environment.ProcessId;

    public IReadOnlyList<int> ProcessIds => [];

    public AcceleratorDecision Accelerator { get; } = new(Hypervisor.Accelerator.Tcg, "a fake");

    public Stream? GuestChannelStream => _near;

    public string? VsockSocketPath => null;

    public Task<MachineExit> Exited => _exited.Task;

    public MachineTimeline Timeline { get; } = new(TimeProvider.System);

    public string ConsoleTail(int maxBytes) => "last words";

    public HypervisorException DescribeBootFailure(string waitedFor, TimeSpan waited) =>
        new(FailureKind.TimedOut, $"waited for {waitedFor}; the console ends with: last words");

    public Task PauseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ResumeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Disks that came and went, in order, as in "+disk0".</summary>
    internal ConcurrentQueue<string> Disks { get; } = new();

    internal BlockDevice? LastDisk { get; private set; }

    /// <summary>What plugging a disk fails with.</summary>
    internal HypervisorException? DiskFailure { get; set; }

    public int Slots { get; }

    public int FreeSlots => Slots - Disks.Count(each => each[0] == '+') + Disks.Count(each => each[0] == '-');

    public Task<string> PlugAsync(BlockDevice device, CancellationToken cancellationToken)
    {
        LastDisk = device;
        if (DiskFailure is { } failure)
        {
            throw failure;
        }

        Disks.Enqueue($"+{device.Id}");
        return Task.FromResult($"1e.{device.Id[^1]}/00");
    }

    public Task UnplugDiskAsync(string id, CancellationToken cancellationToken)
    {
        Disks.Enqueue($"-{id}");
        return Task.CompletedTask;
    }

    public FakeResources Size { get; } = new();

    public IMachineResources Resources => Size;

    public Task PlugAsync(NetworkDevice device, CancellationToken cancellationToken) =>
        throw new HypervisorException(FailureKind.ResourceExhausted, "a fake has no slots");

    public Task UnplugAsync(string id, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(TimeSpan grace, CancellationToken cancellationToken) => EndAsync(new MachineExit(MachineExitReason.Stopped, 0, null, string.Empty, string.Empty));

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero, CancellationToken.None);
        await _near.DisposeAsync();
    }

    /// <summary>The VMM is killed by somebody else.</summary>
    internal Task DieAsync() => EndAsync(new MachineExit(MachineExitReason.VmmDied, null, 9, "last words", string.Empty));

    private async Task EndAsync(MachineExit exit)
    {
        if (_exited.TrySetResult(exit))
        {
            await _far.DisposeAsync();
            await Agent.DisposeAsync();
        }
    }
}
