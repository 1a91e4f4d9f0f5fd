using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>
/// One sandbox: a machine and the containers in it. Public calls are sequences of long waits; every change of state between
/// them is a step that this driver runs, one after the other, on one queue. No lock guards any state.
/// <code>
/// Empty ─────────────first Create────────────► Launching ─agent answers─► Ready ─┐
///   └─CreateSandbox─► Prepared ─StartSandbox─►     │                             ├─► Stopping ─everything is taken back─► Stopped
///                         └──StopSandbox───────────┴──launch failed, Shutdown────┘
///   Ready → Stopping when: the sandbox's own container ends or is deleted · the machine ends · the agent is lost · Shutdown
/// </code>
/// A sandbox that was prepared has no container of its own: containers come, fail and go in it without ending it. In Prepared no
/// container can be created yet.
/// In Stopping and Stopped no container can be created. Containers that still lived are reported as exited: 255 when the
/// machine went away by itself, 137 when we stopped it.
/// </summary>
public sealed partial class SandboxDriver : IAsyncDisposable
{
    private readonly SandboxServices _services;
    private readonly ILogger _log;
    private readonly TaskEvents _events;
    private readonly Channel<Action> _steps = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<ProcessExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<ContainerId, Container> _containers = [];
    private readonly List<Task> _watches = [];
    private SandboxRecord _record;
    private SandboxState _state;
    private SandboxLaunch? _launch;
    private LaunchConfig? _config;
    private Task? _teardown;
    private int _pid;

    /// <summary>Makes a sandbox that holds nothing yet.</summary>
    /// <param name="paths">Where its state goes.</param>
    /// <param name="managerNamespace">The manager's namespace, for log programs and the record.</param>
    /// <param name="services">What it works with.</param>
    public SandboxDriver(SandboxPaths paths, string managerNamespace, SandboxServices services)
    {
        Paths = paths;
        Namespace = managerNamespace;
        _services = services;
        _log = services.Log;
        _events = new TaskEvents(services.Events);
        Timeline = new SandboxTimeline(services.Clock);
        _record = new SandboxRecord
        {
            Id = paths.Id.Value,
            Namespace = managerNamespace,
            CreatedAt = services.Clock.GetUtcNow(),
            State = nameof(SandboxState.Empty),
            Processes = [ProcessIdentity.Describe("shim", Environment.ProcessId)],
        };
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Where its state is.</summary>
    public SandboxPaths Paths { get; }

    /// <summary>The manager's namespace.</summary>
    public string Namespace { get; }

    /// <summary>When its steps happened.</summary>
    public SandboxTimeline Timeline { get; }

    /// <summary>Completes when everything was taken back from the host: 0 when it was asked to stop, 255 when it was lost.</summary>
    public Task<ProcessExit> Ended => _ended.Task;

    /// <summary>The number that stands for every process of the sandbox: the machine's; 0 before there is one.</summary>
    public int ProcessId => Volatile.Read(ref _pid);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await Task.WhenAll(await OnDriverAsync(() => _watches.ToArray()).ConfigureAwait(false)).ConfigureAwait(false);
        _steps.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (Action step in _steps.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            step();
        }
    }

    /// <summary>Runs <paramref name="step"/> on the driver and gives its result; its exception goes to the caller, never to the loop.</summary>
    private Task<T> OnDriverAsync<T>(Func<T> step)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool queued = _steps.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(step());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return queued ? done.Task : throw new SkerryException(FailureKind.Unavailable, $"sandbox \"{Paths.Id}\" is gone");
    }

    private Task<bool> OnDriverAsync(Action step) => OnDriverAsync(() =>
    {
        step();
        return true;
    });

    /// <summary>Runs on the driver: owns <paramref name="watch"/> until it ends.</summary>
    private void Track(Task watch)
    {
        _watches.Add(watch);
        watch.ContinueWith(ended => _steps.Writer.TryWrite(() => _watches.Remove(ended)), TaskScheduler.Default);
    }

    private Container FindContainer(ContainerId id) => _containers.TryGetValue(id, out Container? container)
        ? container
        : throw new SkerryException(FailureKind.NotFound, $"container \"{id}\" does not exist in sandbox \"{Paths.Id}\"");

    private Task<(Container Container, GuestProcess Process)> FindAsync(ContainerId id, string execId) => OnDriverAsync(() =>
    {
        Container container = FindContainer(id);
        return (container, container.Find(execId));
    });

    private SandboxGuest RequireGuest() => _state == SandboxState.Ready && _launch is { Guest.IsCompletedSuccessfully: true } launch
        ? launch.Guest.Result
        : throw new SkerryException(FailureKind.Unavailable, $"the machine of sandbox \"{Paths.Id}\" is not running");

    private void SetState(SandboxState state)
    {
        _state = state;
        Log.StateChanged(_log, Paths.Id.Value, state);
        SaveRecord(record => record with { State = state.ToString() });
    }

    /// <summary>
    /// Changes the record and writes it. A record that cannot be written is a warning, since the sandbox itself works; but one that
    /// names what a launch step took is <paramref name="required"/>, since a clean-up after a crash reads it.
    /// </summary>
    private void SaveRecord(Func<SandboxRecord, SandboxRecord> change, bool required = false)
    {
        _record = change(_record);
        if (_state is not (SandboxState.Launching or SandboxState.Ready) || !Directory.Exists(Paths.Directory))
        {
            return;
        }

        try
        {
            SandboxRecordFile.Write(Paths.Record, _record);
        }
        catch (IOException error) when (required)
        {
            throw new SkerryException(
                FailureKind.ResourceExhausted, $"cannot write the record of sandbox \"{Paths.Id}\"", $"make space in \"{Paths.Root}\"", error);
        }
        catch (IOException error)
        {
            Log.StepFailed(_log, Paths.Id.Value, "write its record", error.Message);
        }
    }
}
