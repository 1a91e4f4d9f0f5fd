using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Events;
using Skerry.Protocols.Types;

namespace Skerry.Sandbox;

/// <summary>The events containerd expects of a task, each under its topic.</summary>
internal sealed class TaskEvents(IEventSink sink)
{
    private const string Package = "containerd.events.";

    internal void Created(ContainerConfig config, int pid)
    {
        var message = new TaskCreate
        {
            ContainerId = config.Id.Value,
            Bundle = config.Bundle,
            Pid = (uint)pid,
            Io = new TaskIO
            {
                Stdin = config.Stdio.Stdin,
                Stdout = config.Stdio.Stdout,
                Stderr = config.Stdio.Stderr,
                Terminal = config.Stdio.Terminal,
            },
        };
        message.Rootfs.Add(config.RootFs.Select(ToWire));
        sink.Publish("/tasks/create", Package + "TaskCreate", message);
    }

    internal void Started(GuestProcess process, int pid)
    {
        if (process.IsInit)
        {
            sink.Publish("/tasks/start", Package + "TaskStart", new TaskStart { ContainerId = process.ContainerId.Value, Pid = (uint)pid });
        }
        else
        {
            sink.Publish(
                "/tasks/exec-started",
                Package + "TaskExecStarted",
                new TaskExecStarted { ContainerId = process.ContainerId.Value, ExecId = process.ExecId, Pid = (uint)pid });
        }
    }

    internal void ExecAdded(GuestProcess process) => sink.Publish(
        "/tasks/exec-added", Package + "TaskExecAdded", new TaskExecAdded { ContainerId = process.ContainerId.Value, ExecId = process.ExecId });

    internal void Exited(GuestProcess process, ProcessExit exit, int pid) => sink.Publish("/tasks/exit", Package + "TaskExit", new TaskExit
    {
        ContainerId = process.ContainerId.Value,
        Id = process.EventId,
        Pid = (uint)pid,
        ExitStatus = (uint)exit.Status,
        ExitedAt = Timestamp.FromDateTimeOffset(exit.At),
    });

    internal void Deleted(ContainerConfig config, ProcessExit exit, int pid) => sink.Publish("/tasks/delete", Package + "TaskDelete", new TaskDelete
    {
        ContainerId = config.Id.Value,
        Pid = (uint)pid,
        ExitStatus = (uint)exit.Status,
        ExitedAt = Timestamp.FromDateTimeOffset(exit.At),
    });

    internal void Paused(Container container) =>
        sink.Publish("/tasks/paused", Package + "TaskPaused", new TaskPaused { ContainerId = container.Id.Value });

    internal void Resumed(Container container) =>
        sink.Publish("/tasks/resumed", Package + "TaskResumed", new TaskResumed { ContainerId = container.Id.Value });

    internal void OutOfMemory(string container) =>
        sink.Publish("/tasks/oom", Package + "TaskOOM", new TaskOOM { ContainerId = container });

    private static Mount ToWire(RootFsMount mount)
    {
        var result = new Mount { Type = mount.Type, Source = mount.Source, Target = mount.Target };
        result.Options.Add(mount.Options);
        return result;
    }
}
