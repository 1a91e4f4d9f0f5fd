using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Sandboxes;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Types;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>
/// The sandbox service of containerd's Sandbox API, version 1, as a thin face of the same driver that serves tasks. A sandbox of a
/// pause container answers here too, except that it cannot be created or started twice.
/// </summary>
internal sealed class SandboxService(SandboxDriver driver, ILogger log, string? configPath, bool unifiedCgroups, IdleMemory memory, Action shutdown)
{
    private const string Ready = "SANDBOX_READY";
    private const string NotReady = "SANDBOX_NOTREADY";
    private const uint LongestWaitSeconds = 24 * 60 * 60;

    /// <summary>Registers all methods.</summary>
    internal void Register(TtrpcServer server)
    {
        Add(server, "CreateSandbox", CreateSandboxRequest.Parser, request => request.SandboxId, CreateAsync);
        Add(server, "StartSandbox", StartSandboxRequest.Parser, request => request.SandboxId, StartAsync);
        Add(server, "Platform", PlatformRequest.Parser, request => request.SandboxId, PlatformAsync);
        Add(server, "StopSandbox", StopSandboxRequest.Parser, request => request.SandboxId, StopAsync);
        Add(server, "WaitSandbox", WaitSandboxRequest.Parser, request => request.SandboxId, WaitAsync);
        Add(server, "SandboxStatus", SandboxStatusRequest.Parser, request => request.SandboxId, StatusAsync);
        Add(server, "PingSandbox", PingRequest.Parser, request => request.SandboxId, PingAsync);
        Add(server, "ShutdownSandbox", ShutdownSandboxRequest.Parser, request => request.SandboxId, ShutdownAsync);
        Add(server, "SandboxMetrics", SandboxMetricsRequest.Parser, request => request.SandboxId, MetricsAsync);
    }

    private void Add<TRequest, TResponse>(
        TtrpcServer server, string method, MessageParser<TRequest> parser, Func<TRequest, string> idOf, Func<TRequest, CancellationToken, Task<TResponse>> handler)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => server.Register<TRequest, TResponse>(ServiceNames.Sandbox, method, parser, async (request, _, cancellationToken) =>
        {
            try
            {
                RequireOurs(idOf(request));
                return await handler(request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Log.CallFailed(log, method, ErrorReport.OneLine(error));
                string hint = error is SkerryException { Hint: { } text } ? $" (hint: {text})" : string.Empty;
                throw new TtrpcException(TtrpcStatus.CodeOf(error), ErrorReport.OneLine(error) + hint);
            }
        });

    private void RequireOurs(string id)
    {
        if (id != driver.Paths.Id.Value)
        {
            throw new SkerryException(FailureKind.NotFound, $"this shim serves sandbox \"{driver.Paths.Id}\", not \"{id}\"");
        }
    }

    private async Task<CreateSandboxResponse> CreateAsync(CreateSandboxRequest request, CancellationToken cancellationToken)
    {
        await driver.PrepareAsync(PodLaunch.Of(request, configPath)).ConfigureAwait(false);
        return new CreateSandboxResponse();
    }

    private async Task<StartSandboxResponse> StartAsync(StartSandboxRequest request, CancellationToken cancellationToken)
    {
        SandboxStatus status = await driver.LaunchAsync(cancellationToken).ConfigureAwait(false);
        memory.Request();
        return new StartSandboxResponse { Pid = (uint)status.ProcessId, CreatedAt = Timestamp.FromDateTimeOffset(status.CreatedAt) };
    }

    private static Task<PlatformResponse> PlatformAsync(PlatformRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new PlatformResponse { Platform = new Platform { Os = "linux", Architecture = "amd64" } });

    /// <summary>The machine's end is bounded by itself; a limit of the caller bounds only its wait.</summary>
    private async Task<StopSandboxResponse> StopAsync(StopSandboxRequest request, CancellationToken cancellationToken)
    {
        await RequireCreatedAsync().ConfigureAwait(false);
        TimeSpan limit = request.TimeoutSecs == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Math.Min(request.TimeoutSecs, LongestWaitSeconds));
        try
        {
            await driver.StopAsync().WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new SkerryException(FailureKind.TimedOut, $"sandbox \"{driver.Paths.Id}\" has not ended within {request.TimeoutSecs} s; it is still on its way down");
        }

        return new StopSandboxResponse();
    }

    private async Task<WaitSandboxResponse> WaitAsync(WaitSandboxRequest request, CancellationToken cancellationToken)
    {
        await RequireCreatedAsync().ConfigureAwait(false);
        ProcessExit exit = await driver.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new WaitSandboxResponse { ExitStatus = (uint)exit.Status, ExitedAt = Timestamp.FromDateTimeOffset(exit.At) };
    }

    private async Task<SandboxStatusResponse> StatusAsync(SandboxStatusRequest request, CancellationToken cancellationToken)
    {
        SandboxStatus status = await RequireCreatedAsync().ConfigureAwait(false);
        var response = new SandboxStatusResponse
        {
            SandboxId = request.SandboxId,
            Pid = (uint)status.ProcessId,
            State = status.State == SandboxState.Ready ? Ready : NotReady,
            CreatedAt = Timestamp.FromDateTimeOffset(status.CreatedAt),
        };
        if (status.Exit is { } exit)
        {
            response.ExitedAt = Timestamp.FromDateTimeOffset(exit.At);
        }

        if (request.Verbose)
        {
            response.Info.Add(SandboxInfo.Of(driver.Paths, status));
        }

        return response;
    }

    private async Task<PingResponse> PingAsync(PingRequest request, CancellationToken cancellationToken)
    {
        SandboxStatus status = await RequireCreatedAsync().ConfigureAwait(false);
        return status.State is SandboxState.Stopping or SandboxState.Stopped
            ? throw new SkerryException(FailureKind.FailedPrecondition, $"sandbox \"{driver.Paths.Id}\" has ended: {status.LostReason ?? "it was stopped"}")
            : new PingResponse();
    }

    /// <summary>Ends sandbox and shim, whatever the state: nothing of them is on the host when this is answered.</summary>
    private async Task<ShutdownSandboxResponse> ShutdownAsync(ShutdownSandboxRequest request, CancellationToken cancellationToken)
    {
        await driver.StopAsync().ConfigureAwait(false);
        shutdown();
        return new ShutdownSandboxResponse();
    }

    private async Task<SandboxMetricsResponse> MetricsAsync(SandboxMetricsRequest request, CancellationToken cancellationToken)
    {
        await RequireCreatedAsync().ConfigureAwait(false);
        SandboxUsage usage = await driver.MeasureAsync().ConfigureAwait(false);
        return new SandboxMetricsResponse
        {
            Metrics = new Metric
            {
                Timestamp = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
                Id = request.SandboxId,
                Data = SandboxMetrics.Pack(usage, unifiedCgroups),
            },
        };
    }

    /// <summary>NotFound is what containerd passes over when it stops and removes.</summary>
    private async Task<SandboxStatus> RequireCreatedAsync()
    {
        SandboxStatus status = await driver.DescribeAsync().ConfigureAwait(false);
        return status.State != SandboxState.Empty
            ? status
            : throw new SkerryException(FailureKind.NotFound, $"sandbox \"{driver.Paths.Id}\" was not created");
    }
}
