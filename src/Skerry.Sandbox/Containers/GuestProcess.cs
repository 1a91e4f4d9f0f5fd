using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// The state of one process in the guest: a container's first one (init) or an exec. Only the sandbox's driver changes it.
/// <code>
/// init: Creating ─MarkCreated─► Created ─BeginStart─► Starting ─MarkRunning─► Running ─BeginPause─► Pausing ─MarkPaused─► Paused
/// exec:                         Created ─────┘           │                      ▲  └──────────────────┘ CancelPause         │
///                                                        │                      └───────────────── MarkResumed ─────────────┘
///       Creating, Created, Starting, Running, Pausing, Paused ─MarkExited─► Stopped ─MarkDeleted─► Deleted
///       Starting ─MarkStartFailed─► Stopped
/// </code>
/// An exit that arrives while Starting or Pausing is kept and applied after the step, so that it cannot overtake its start.
/// </summary>
internal sealed class GuestProcess
{
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ProcessExit? _early;

    internal GuestProcess(ContainerId containerId, string execId, StdioConfig stdio, ProcessState state)
    {
        ContainerId = containerId;
        ExecId = execId;
        Stdio = stdio;
        State = state;
    }

    /// <summary>The container it is in.</summary>
    internal ContainerId ContainerId { get; }

    /// <summary>The id of the exec; empty for init.</summary>
    internal string ExecId { get; }

    /// <summary>True for a container's first process.</summary>
    internal bool IsInit => ExecId.Length == 0;

    /// <summary>How events name it.</summary>
    internal string EventId => IsInit ? ContainerId.Value : ExecId;

    /// <summary>How the agent names it: an init has its container's id.</summary>
    internal string AgentId => EventId;

    /// <summary>Its input and output as asked for.</summary>
    internal StdioConfig Stdio { get; }

    /// <summary>Where it is in its life.</summary>
    internal ProcessState State { get; private set; }

    /// <summary>Its streams; null before they are connected.</summary>
    internal ProcessStreams? Streams { get; set; }

    /// <summary>What an exec runs; null for init, whose process is in the container's spec.</summary>
    internal OciProcess? Exec { get; set; }

    /// <summary>The manager closed its input, perhaps before there were streams.</summary>
    internal bool InputClosed { get; set; }

    /// <summary>The terminal's size as last asked for.</summary>
    internal (uint Rows, uint Columns)? TerminalSize { get; set; }

    /// <summary>The deletion that is under way; null when there is none.</summary>
    internal Task<ProcessExit>? Deletion { get; set; }

    /// <summary>How it ended; null while it lives.</summary>
    internal ProcessExit? Exit { get; private set; }

    /// <summary>Completes when it has ended and its output is copied.</summary>
    internal Task<ProcessExit> Exited => _exited.Task;

    internal void MarkCreated()
    {
        Expect(ProcessState.Creating, "create");
        State = ProcessState.Created;
    }

    internal void BeginStart()
    {
        Expect(ProcessState.Created, "start");
        State = ProcessState.Starting;
    }

    internal void MarkRunning()
    {
        if (State == ProcessState.Starting)
        {
            State = ProcessState.Running;
        }
    }

    /// <summary>The start failed: nothing ran.</summary>
    internal void MarkStartFailed(ProcessExit exit) => MarkExited(_early ?? exit, force: true);

    internal void BeginPause()
    {
        Expect(ProcessState.Running, "pause");
        State = ProcessState.Pausing;
    }

    internal void MarkPaused() => Move(ProcessState.Pausing, ProcessState.Paused);

    internal void CancelPause() => Move(ProcessState.Pausing, ProcessState.Running);

    internal void MarkResumed() => Move(ProcessState.Paused, ProcessState.Running);

    /// <summary>
    /// Takes note of the end. False when it changes nothing yet: it ended before, or a step that must be seen first is under way.
    /// </summary>
    internal bool MarkExited(ProcessExit exit, bool force = false)
    {
        if (State is ProcessState.Stopped or ProcessState.Deleted)
        {
            return false;
        }

        if (!force && State is ProcessState.Starting or ProcessState.Pausing)
        {
            _early ??= exit;
            return false;
        }

        State = ProcessState.Stopped;
        Exit = exit;
        return true;
    }

    /// <summary>Applies an exit that came early. True when there was one.</summary>
    internal bool ApplyEarlyExit() => _early is { } exit && MarkExited(exit);

    /// <summary>Lets everybody who waits know; after the exit event was published.</summary>
    internal void AnnounceExit() => _exited.TrySetResult(Exit!);

    internal void MarkDeleted() => State = ProcessState.Deleted;

    /// <summary>Refuses <paramref name="action"/> in any state but <paramref name="expected"/>, in runc's words.</summary>
    internal void Expect(ProcessState expected, string action)
    {
        if (State != expected)
        {
            throw WrongState(action);
        }
    }

    /// <summary>The error of an action that this state does not allow.</summary>
    internal SkerryException WrongState(string action) => new(FailureKind.FailedPrecondition, (action, State) switch
    {
        ("start" or "delete", _) => $"cannot {action} a {Word()} process",
        ("pause" or "resume", ProcessState.Created or ProcessState.Creating or ProcessState.Starting) => $"cannot {action} task in created state",
        ("resume", ProcessState.Running or ProcessState.Pausing) => "cannot resume a running process",
        ("exec", _) => $"cannot exec in a {Word()} state",
        _ => $"cannot {action} a {Word()} container",
    });

    private string Word() => State switch
    {
        ProcessState.Creating or ProcessState.Created => "created",
        ProcessState.Starting or ProcessState.Running => "running",
        ProcessState.Pausing or ProcessState.Paused => "paused",
        ProcessState.Stopped => "stopped",
        _ => "deleted",
    };

    private void Move(ProcessState from, ProcessState to)
    {
        if (State == from)
        {
            State = to;
        }
    }
}
