using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Oci;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Types;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>The task service of containerd's shim contract, versions 2 and 3, as a thin face of the sandbox's driver.</summary>
internal sealed class TaskService(SandboxDriver driver, ILogger log, bool unifiedCgroups, IdleMemory memory, Action shutdown)
{
    private const string Version = "2";

    /// <summary>Registers all methods under both names.</summary>
    internal void Register(TtrpcServer server)
    {
        foreach (string service in (ReadOnlySpan<string>)[ServiceNames.TaskV2, ServiceNames.TaskV3])
        {
            Add(server, service, "State", StateRequest.Parser, StateAsync);
            Add(server, service, "Create", CreateTaskRequest.Parser, CreateAsync, "create");
            Add(server, service, "Start", StartRequest.Parser, StartAsync, "start");
            Add(server, service, "Delete", DeleteRequest.Parser, DeleteAsync);
            Add(server, service, "Pids", PidsRequest.Parser, PidsAsync);
            Add(server, service, "Pause", PauseRequest.Parser, PauseAsync);
            Add(server, service, "Resume", ResumeRequest.Parser, ResumeAsync);
            Add(server, service, "Checkpoint", CheckpointTaskRequest.Parser, CheckpointAsync);
            Add(server, service, "Kill", KillRequest.Parser, KillAsync);
            Add(server, service, "Exec", ExecProcessRequest.Parser, ExecAsync);
            Add(server, service, "ResizePty", ResizePtyRequest.Parser, ResizePtyAsync);
            Add(server, service, "CloseIO", CloseIORequest.Parser, CloseIOAsync);
            Add(server, service, "Update", UpdateTaskRequest.Parser, UpdateAsync);
            Add(server, service, "Wait", WaitRequest.Parser, WaitAsync);
            Add(server, service, "Stats", StatsRequest.Parser, StatsAsync);
            Add(server, service, "Connect", ConnectRequest.Parser, ConnectAsync);
            Add(server, service, "Shutdown", ShutdownRequest.Parser, ShutdownAsync);
        }
    }

    private void Add<TRequest, TResponse>(
        TtrpcServer server,
        string service,
        string method,
        MessageParser<TRequest> parser,
        Func<TRequest, CancellationToken, Task<TResponse>> handler,
        string? action = null)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => server.Register<TRequest, TResponse>(service, method, parser, async (request, _, cancellationToken) =>
        {
            try
            {
                return await handler(request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not TtrpcException { Code: TtrpcStatusCode.Unimplemented })
            {
                Log.CallFailed(log, method, ErrorReport.OneLine(error));
                string? words = action == "start" && request is StartRequest { ExecId.Length: > 0 } ? "exec" : action;
                throw TaskErrors.ToStatus(error, words);
            }
        });

    private async Task<CreateTaskResponse> CreateAsync(CreateTaskRequest request, CancellationToken cancellationToken)
    {
        if (request.Checkpoint.Length > 0)
        {
            throw new SkerryException(FailureKind.Unimplemented, "restoring from a checkpoint is not implemented");
        }

        var config = new ContainerConfig
        {
            Id = ContainerId.Parse(request.Id),
            Bundle = request.Bundle,
            RootFs = [.. request.Rootfs.Select(mount => new RootFsMount(mount.Type, mount.Source, mount.Target, [.. mount.Options]))],
            Stdio = new StdioConfig(request.Stdin, request.Stdout, request.Stderr, request.Terminal),
            ConfigPath = RuntimeOptions.ConfigPathOf(request.Options),
        };
        int pid = await driver.CreateAsync(config, cancellationToken).ConfigureAwait(false);
        return new CreateTaskResponse { Pid = (uint)pid };
    }

    private static ReadOnlySpan<byte> BodyOf(Any? any) => any is null ? [] : any.Value.Span;

    private async Task<StartResponse> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        int pid = await driver.StartAsync(ContainerId.Parse(request.Id), request.ExecId, cancellationToken).ConfigureAwait(false);
        memory.Request();
        return new StartResponse { Pid = (uint)pid };
    }

    private async Task<DeleteResponse> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken)
    {
        ProcessExit exit = await driver.DeleteAsync(ContainerId.Parse(request.Id), request.ExecId, cancellationToken).ConfigureAwait(false);
        return new DeleteResponse { Pid = (uint)driver.ProcessId, ExitStatus = (uint)exit.Status, ExitedAt = Timestamp.FromDateTimeOffset(exit.At) };
    }

    private async Task<Empty> ExecAsync(ExecProcessRequest request, CancellationToken cancellationToken)
    {
        OciProcess process = OciJson.ParseProcess(BodyOf(request.Spec));
        var config = new ExecConfig(process, new StdioConfig(request.Stdin, request.Stdout, request.Stderr, request.Terminal));
        await driver.ExecAsync(ContainerId.Parse(request.Id), ExecId.Parse(request.ExecId), config, cancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private async Task<Empty> KillAsync(KillRequest request, CancellationToken cancellationToken)
    {
        await driver.KillAsync(ContainerId.Parse(request.Id), request.ExecId, request.Signal, request.All, cancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private async Task<WaitResponse> WaitAsync(WaitRequest request, CancellationToken cancellationToken)
    {
        ProcessExit exit = await driver.WaitAsync(ContainerId.Parse(request.Id), request.ExecId, cancellationToken).ConfigureAwait(false);
        return new WaitResponse { ExitStatus = (uint)exit.Status, ExitedAt = Timestamp.FromDateTimeOffset(exit.At) };
    }

    private async Task<StateResponse> StateAsync(StateRequest request, CancellationToken cancellationToken)
    {
        ProcessStatus status = await driver.StatusAsync(ContainerId.Parse(request.Id), request.ExecId, cancellationToken).ConfigureAwait(false);
        var response = new StateResponse
        {
            Id = request.Id,
            ExecId = request.ExecId,
            Bundle = status.Bundle,
            Pid = (uint)status.ProcessId,
            Status = ToWire(status.State),
            Stdin = status.Stdio.Stdin,
            Stdout = status.Stdio.Stdout,
            Stderr = status.Stdio.Stderr,
            Terminal = status.Stdio.Terminal,
        };
        if (status.Exit is { } exit)
        {
            response.ExitStatus = (uint)exit.Status;
            response.ExitedAt = Timestamp.FromDateTimeOffset(exit.At);
        }

        return response;
    }

    private static Status ToWire(ProcessState state) => state switch
    {
        ProcessState.Creating or ProcessState.Created or ProcessState.Starting => Status.Created,
        ProcessState.Running => Status.Running,
        ProcessState.Pausing => Status.Pausing,
        ProcessState.Paused => Status.Paused,
        _ => Status.Stopped,
    };

    private async Task<PidsResponse> PidsAsync(PidsRequest request, CancellationToken cancellationToken)
    {
        ProcessStatus status = await driver.StatusAsync(ContainerId.Parse(request.Id), string.Empty, cancellationToken).ConfigureAwait(false);
        var response = new PidsResponse();
        response.Processes.Add(new ProcessInfo { Pid = (uint)status.ProcessId });
        return response;
    }

    private async Task<Empty> PauseAsync(PauseRequest request, CancellationToken cancellationToken)
    {
        await driver.PauseAsync(ContainerId.Parse(request.Id), cancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private async Task<Empty> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken)
    {
        await driver.ResumeAsync(ContainerId.Parse(request.Id), cancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private static Task<Empty> CheckpointAsync(CheckpointTaskRequest request, CancellationToken cancellationToken) =>
        throw new SkerryException(FailureKind.Unimplemented, "Checkpoint is not implemented");

    private async Task<Empty> ResizePtyAsync(ResizePtyRequest request, CancellationToken cancellationToken)
    {
        await driver.ResizeAsync(ContainerId.Parse(request.Id), request.ExecId, request.Width, request.Height, cancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private async Task<Empty> CloseIOAsync(CloseIORequest request, CancellationToken cancellationToken)
    {
        if (request.Stdin)
        {
            await driver.CloseInputAsync(ContainerId.Parse(request.Id), request.ExecId, cancellationToken).ConfigureAwait(false);
        }

        return new Empty();
    }

    private async Task<Empty> UpdateAsync(UpdateTaskRequest request, CancellationToken cancellationToken)
    {
        OciResources resources = OciJson.ParseResources(BodyOf(request.Resources));
        await driver.UpdateAsync(ContainerId.Parse(request.Id), resources, cancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private async Task<StatsResponse> StatsAsync(StatsRequest request, CancellationToken cancellationToken) =>
        new() { Stats = TaskMetrics.Pack(await driver.StatsAsync(ContainerId.Parse(request.Id), cancellationToken).ConfigureAwait(false), unifiedCgroups) };

    private Task<ConnectResponse> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken) => Task.FromResult(
        new ConnectResponse { ShimPid = (uint)Environment.ProcessId, TaskPid = (uint)driver.ProcessId, Version = Version });

    /// <summary>
    /// containerd asks after every deletion. A sandbox that stands by itself outlives its containers: only a call in its own name ends
    /// it, with which containerd clears away a shim it does not know.
    /// </summary>
    private async Task<Empty> ShutdownAsync(ShutdownRequest request, CancellationToken cancellationToken)
    {
        SandboxStatus sandbox = await driver.DescribeAsync().ConfigureAwait(false);
        bool meant = !sandbox.IsPrepared || request.Id == driver.Paths.Id.Value;
        if (meant && sandbox.Containers.Count == 0)
        {
            await driver.StopAsync().ConfigureAwait(false);
            shutdown();
        }

        return new Empty();
    }
}
