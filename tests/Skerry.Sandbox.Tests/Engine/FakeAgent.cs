using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;
using Skerry.Vsock;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>An agent without a guest: the real protocol over the real packet engine, processes that end when the test says so.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly SerialPortCarrier _carrier;
    private readonly TtrpcServer _server = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<int>> _exits = new();
    private readonly ConcurrentDictionary<uint, VsockStream> _streams = new();
    private readonly ConcurrentDictionary<string, (uint In, uint Out, uint Err)> _ports = new();
    private readonly List<Task> _tasks = [];

    internal FakeAgent(Stream port, FakeAgentOptions options)
    {
        Options = options;
        _carrier = new SerialPortCarrier(port, ChannelRole.Guest);
        Register();
        VsockListener agent = _carrier.Listen(VsockPorts.Agent);
        VsockListener streams = _carrier.Listen(VsockPorts.ProcessStreams);
        _carrier.Start();
        _tasks.Add(ServeAsync(agent));
        _tasks.Add(FileAsync(streams));
    }

    internal FakeAgentOptions Options { get; }

    /// <summary>Names of the calls, in order, with their subject.</summary>
    internal ConcurrentQueue<string> Calls { get; } = new();

    internal CreateContainerRequest? LastCreate { get; private set; }

    internal CreateSandboxRequest? Sandbox { get; private set; }

    /// <summary>The process ends, and with it its output unless <see cref="FakeAgentOptions.KeepsOutput"/> says otherwise.</summary>
    internal void Exit(string process, int status)
    {
        if (!Options.KeepsOutput && _ports.ContainsKey(process))
        {
            _tasks.Add(EndOutputAsync(process));
        }

        ExitOf(process).TrySetResult(status);
    }

    private async Task EndOutputAsync(string process)
    {
        (await StreamAsync(process, 1)).ShutdownSend();
        (await StreamAsync(process, 2)).ShutdownSend();
    }

    internal async Task<VsockStream> StreamAsync(string process, int index)
    {
        (uint stdin, uint stdout, uint stderr) = _ports[process];
        uint port = index switch { 0 => stdin, 1 => stdout, _ => stderr };
        VsockStream? stream;
        while (!_streams.TryGetValue(port, out stream))
        {
            await Task.Delay(1);
        }

        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _carrier.DisposeAsync();
        await _server.DisposeAsync();
        await Task.WhenAll(_tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private TaskCompletionSource<int> ExitOf(string process) =>
        _exits.GetOrAdd(process, _ => new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ServeAsync(VsockListener listener)
    {
        while (true)
        {
            VsockStream stream = await listener.AcceptAsync(_stop.Token);
            _tasks.Add(_server.ServeAsync(stream, _stop.Token));
        }
    }

    private async Task FileAsync(VsockListener listener)
    {
        while (true)
        {
            VsockStream stream = await listener.AcceptAsync(_stop.Token);
            _streams[stream.PeerPort] = stream;
        }
    }

    private void Register()
    {
        _server.Register<CheckRequest, HealthCheckResponse>(ServiceNames.Health, "Check", CheckRequest.Parser, async (_, _, token) =>
        {
            await (Options.Silent ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask);
            return new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving, RunningUs = Options.RunningUs };
        });
        On("CreateSandbox", CreateSandboxRequest.Parser, request =>
        {
            Sandbox = request;
            return "sandbox";
        });
        On("DestroySandbox", DestroySandboxRequest.Parser, _ => "sandbox");
        On("CreateContainer", CreateContainerRequest.Parser, request =>
        {
            LastCreate = request;
            _ports[request.ContainerId] = (request.StdinPort, request.StdoutPort, request.StderrPort);
            return request.ContainerId;
        });
        On("OnlineCPUMem", OnlineCPUMemRequest.Parser, request => $"{request.NbCpus} {(request.Wait ? "wait" : "go on")} {(request.CpuOnly ? "processors" : "all")}");
        _server.Register<GuestDetailsRequest, GuestDetailsResponse>(ServiceNames.Agent, "GetGuestDetails", GuestDetailsRequest.Parser, (_, _, _) =>
            Task.FromResult(new GuestDetailsResponse { MemBlockSizeBytes = Options.MemoryBlockBytes, MemOnlineBytes = Options.MemoryOnlineBytes }));
        On("StartContainer", StartContainerRequest.Parser, request => request.ContainerId);
        On("RemoveContainer", RemoveContainerRequest.Parser, request => request.ContainerId);
        On("PauseContainer", PauseContainerRequest.Parser, request => request.ContainerId);
        On("ResumeContainer", ResumeContainerRequest.Parser, request => request.ContainerId);
        On("TtyWinResize", TtyWinResizeRequest.Parser, request => $"{request.ExecId} {request.Row}x{request.Column}");
        On("UpdateContainer", UpdateContainerRequest.Parser, request => request.ContainerId);
        On("ExecProcess", ExecProcessRequest.Parser, request =>
        {
            _ports[request.ExecId] = (request.StdinPort, request.StdoutPort, request.StderrPort);
            return request.ExecId;
        });
        On("SignalProcess", SignalProcessRequest.Parser, request =>
        {
            if (request.Signal == 9 && !Options.IgnoresKill)
            {
                Exit(request.ExecId.Length == 0 ? request.ContainerId : request.ExecId, 137);
            }

            return $"{request.ExecId} {request.Signal}";
        });
        _server.Register<WaitProcessRequest, WaitProcessResponse>(ServiceNames.Agent, "WaitProcess", WaitProcessRequest.Parser, async (request, _, token) =>
            new WaitProcessResponse { Status = await ExitOf(request.ExecId).Task.WaitAsync(token) });
        _server.Register<GetOOMEventRequest, OOMEvent>(ServiceNames.Agent, "GetOOMEvent", GetOOMEventRequest.Parser, async (_, _, token) =>
            new OOMEvent { ContainerId = await Options.OutOfMemory.Reader.ReadAsync(token) });
        _server.Register<StatsContainerRequest, StatsContainerResponse>(ServiceNames.Agent, "StatsContainer", StatsContainerRequest.Parser, (_, _, _) =>
            Task.FromResult(new StatsContainerResponse { CgroupStats = new CgroupStats { PidsStats = new PidsStats { Limit = 42 } } }));
    }

    private void On<TRequest>(string method, Google.Protobuf.MessageParser<TRequest> parser, Func<TRequest, string> handle)
        where TRequest : Google.Protobuf.IMessage<TRequest> =>
        _server.Register<TRequest, Empty>(ServiceNames.Agent, method, parser, async (request, _, token) =>
        {
            if (Options.Failures.TryGetValue(method, out Exception? failure))
            {
                throw failure;
            }

            Calls.Enqueue($"{method} {handle(request)}");
            if (Options.Hold == method)
            {
                await Options.Release.Task.WaitAsync(token);
            }

            return new Empty();
        });
}
