using Skerry.Agent.Console;
using Skerry.Agent.Processes;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Cgroups;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Containers;

/// <summary>
/// A container: its init, its further processes, its cgroup.
/// <code>
///   Created --Start--> Running --Pause--> Paused
///      |                  |  ^--Resume------|
///      +---- init ends ---+--> Stopped &lt;----+
/// </code>
/// </summary>
/// <remarks>Requests for one container may come at the same time; those that change its state take turns.</remarks>
internal sealed class Container : IAsyncDisposable
{
    private static readonly TimeSpan s_freezeLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, GuestProcess> _execs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ContainerParts _parts;
    private readonly AgentLogger _logger;
    private readonly CancellationTokenSource _removed = new();
    private readonly Task _afterInit;
    private bool _started;
    private bool _paused;
    private Task _oomWatch = Task.CompletedTask;

    /// <summary>Takes over what the creation made.</summary>
    public Container(ContainerParts parts, AgentLogger logger)
    {
        _parts = parts;
        _logger = logger;
        _afterInit = EndWithInitAsync();
    }

    /// <summary>Its id.</summary>
    public string Id => _parts.Id;

    /// <summary>The name its pod knows it by; empty when there is none.</summary>
    public string Name => _parts.Name;

    /// <summary>Its cgroup.</summary>
    public CgroupV2 Cgroup => _parts.Cgroup;

    /// <summary>Its first process.</summary>
    public GuestProcess Init => _parts.Init;

    /// <summary>The mount points of its storages, to be released with it.</summary>
    public IReadOnlyList<string> MountPoints => _parts.MountPoints;

    /// <summary>True when programs run after its end.</summary>
    public bool HasPoststopHooks => _parts.Hooks.Poststop.Count > 0;

    /// <summary>Where it stands.</summary>
    public ContainerState State =>
        Init.HasExited ? ContainerState.Stopped : _paused ? ContainerState.Paused : _started ? ContainerState.Running : ContainerState.Created;

    /// <summary>Lets the init run its program.</summary>
    /// <exception cref="SkerryException">FailedPrecondition when it was started before; NotFound or HostDenied when execve refuses the program.</exception>
    public Task StartAsync(OutOfMemoryQueue outOfMemory, CancellationToken cancellationToken) => TakeTurnAsync(
        async () =>
        {
            Require(ContainerState.Created, "start");
            _started = true;
            await RunStartHooksAsync(cancellationToken).ConfigureAwait(false);
            await _parts.Gate.OpenAsync().ConfigureAwait(false);
            _oomWatch = WatchOutOfMemoryAsync(outOfMemory);
            await _parts.RunHooksAsync(_parts.Hooks.Poststart, "running").ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Stops all processes where they are.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => TakeTurnAsync(
        async () =>
        {
            Require(ContainerState.Running, "pause");
            using var limit = new CancellationTokenSource(s_freezeLimit);
            try
            {
                await Cgroup.FreezeAsync(limit.Token).ConfigureAwait(false);
                _paused = true;
            }
            catch (OperationCanceledException)
            {
                await Cgroup.ThawAsync(CancellationToken.None).ConfigureAwait(false);
                throw new SkerryException(FailureKind.TimedOut, $"the processes of container \"{Id}\" did not stand still within {s_freezeLimit.TotalSeconds:0} s");
            }
        },
        cancellationToken);

    /// <summary>Lets the processes go on.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => TakeTurnAsync(
        async () =>
        {
            Require(ContainerState.Paused, "resume");
            using var limit = new CancellationTokenSource(s_freezeLimit);
            await Cgroup.ThawAsync(limit.Token).ConfigureAwait(false);
            _paused = false;
        },
        cancellationToken);

    /// <summary>Starts a further process, at once.</summary>
    /// <exception cref="SkerryException">FailedPrecondition unless the container runs; AlreadyExists for a living process of that id; else as <see cref="StartAsync"/>.</exception>
    public Task ExecAsync(ExecProcessRequest request, CancellationToken cancellationToken) => TakeTurnAsync(
        async () =>
        {
            string execId = Core.ExecId.Parse(request.ExecId).Value;
            if (State is ContainerState.Stopped)
            {
                throw new SkerryException(FailureKind.FailedPrecondition, "cannot exec a container that has stopped");
            }

            Require(ContainerState.Running, "exec in");
            if (TryFind(execId) is { HasExited: false })
            {
                throw new SkerryException(FailureKind.AlreadyExists, $"process \"{execId}\" of container \"{Id}\" exists");
            }

            GuestProcess process = await _parts.Launcher.StartExecAsync(_parts, request, cancellationToken).ConfigureAwait(false);
            GuestProcess? replaced;
            lock (_lock)
            {
                _execs.Remove(execId, out replaced);
                _execs[execId] = process;
            }

            if (replaced is not null)
            {
                await replaced.DisposeAsync().ConfigureAwait(false);
            }
        },
        cancellationToken);

    /// <summary>The process a request names; an empty name, or the container's, is the init.</summary>
    /// <exception cref="SkerryException">NotFound for any other.</exception>
    public GuestProcess Process(string execId) => TryFind(execId)
        ?? throw new SkerryException(FailureKind.NotFound, $"process \"{execId}\" of container \"{Id}\" does not exist");

    /// <summary>
    /// Sends a signal. SIGKILL without a process name goes to every process of the container; SIGTERM to an init that does not
    /// handle it becomes SIGKILL, since the kernel would drop it.
    /// </summary>
    /// <exception cref="SkerryException">InvalidArgument for no signal; NotFound for an unknown process.</exception>
    public void Signal(string execId, int signal)
    {
        if (signal is < 0 or > Signals.Max)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"{signal} is no signal", $"use 1 to {Signals.Max}");
        }

        if (execId.Length == 0 && signal == Signals.SIGKILL)
        {
            Kill();
            return;
        }

        GuestProcess process = Process(execId);
        bool dropped = signal == Signals.SIGTERM && ReferenceEquals(process, Init) && !process.HasExited && !SignalDisposition.IsCaught(process.Pid, signal);
        process.Signal(dropped ? Signals.SIGKILL : signal);
    }

    /// <summary>Waits for a process; the answer comes when its output has been handed on. A further process is forgotten then.</summary>
    public async Task<int> WaitAsync(string execId, CancellationToken cancellationToken)
    {
        GuestProcess process = Process(execId);
        int status = await process.Finished.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(process, Init) && IsDrained(process) && Forget(process))
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }

        return status;
    }

    /// <summary>Kills every process of the container, frozen ones too.</summary>
    public void Kill()
    {
        Init.Signal(Signals.SIGKILL);
        Cgroup.KillAll();
    }

    /// <summary>Kills what runs, waits until it is gone, and gives back what the container holds.</summary>
    /// <param name="limit">How long the processes may take to end.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="SkerryException">TimedOut when a process does not end.</exception>
    public Task RemoveAsync(TimeSpan limit, CancellationToken cancellationToken) => TakeTurnAsync(
        async () =>
        {
            Kill();
            Task exited = await Task.WhenAny(Init.Exited, Task.Delay(limit, cancellationToken)).ConfigureAwait(false);
            if (exited != Init.Exited)
            {
                throw new SkerryException(FailureKind.TimedOut, $"the init of container \"{Id}\" has not ended {limit.TotalSeconds:0.#} s after SIGKILL");
            }

            await Cgroup.RemoveAsync(limit, cancellationToken).ConfigureAwait(false);
            await _parts.RunHooksAsync(_parts.Hooks.Poststop, "stopped").ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Lets go of processes and streams.</summary>
    public async ValueTask DisposeAsync()
    {
        await _removed.CancelAsync().ConfigureAwait(false);
        await _oomWatch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _afterInit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (GuestProcess process in Execs())
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }

        await Init.DisposeAsync().ConfigureAwait(false);
        _parts.Gate.Dispose();
        _removed.Dispose();
        _turn.Dispose();
    }

    /// <summary>An output that nobody took yet is kept for the reader, also after its process was waited for.</summary>
    private static bool IsDrained(GuestProcess process) =>
        new[] { process.Stdio.Output, process.Stdio.Error }.All(o => o is null || o.Drained.IsCompleted);

    private async Task TakeTurnAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A hook that fails ends the container before its program has run.</summary>
    private async Task RunStartHooksAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartHooks.RunAsync(_parts, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Kill();
            throw;
        }
    }

    private void Require(ContainerState state, string what)
    {
        if (State != state)
        {
            throw new SkerryException(FailureKind.FailedPrecondition, $"cannot {what} container \"{Id}\": it is {State.ToString().ToLowerInvariant()}");
        }
    }

    private GuestProcess? TryFind(string execId)
    {
        if (execId.Length == 0 || execId == Id || execId == Init.ExecId)
        {
            return Init;
        }

        lock (_lock)
        {
            return _execs.GetValueOrDefault(execId);
        }
    }

    private bool Forget(GuestProcess process)
    {
        lock (_lock)
        {
            return _execs.TryGetValue(process.ExecId, out GuestProcess? known) && ReferenceEquals(known, process) && _execs.Remove(process.ExecId);
        }
    }

    private GuestProcess[] Execs()
    {
        lock (_lock)
        {
            return [.. _execs.Values];
        }
    }

    private async Task EndWithInitAsync()
    {
        await Init.Exited.ConfigureAwait(false);
        if (_parts.KillsWithInit)
        {
            Cgroup.KillAll();
        }
    }

    private async Task WatchOutOfMemoryAsync(OutOfMemoryQueue queue)
    {
        try
        {
            await foreach (ulong _ in Cgroup.WatchOomKillsAsync(_removed.Token).ConfigureAwait(false))
            {
                Log.OutOfMemory(_logger, Id);
                queue.Add(Id);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SyscallException)
        {
            // The container is gone, or the guest has no memory controller: there is nothing to watch.
        }
    }
}
