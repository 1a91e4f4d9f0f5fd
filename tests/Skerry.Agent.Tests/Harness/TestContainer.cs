using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Tests.Harness;

/// <summary>A container of the harness.</summary>
public sealed class TestContainer(AgentHarness harness, string id, Rootfs rootfs, ProcessStreams? streams) : IAsyncDisposable
{
    private bool _removed;

    public ProcessStreams? Streams => streams;

    public Rootfs Rootfs => rootfs;

    public Task StartAsync() => harness.CallAsync("StartContainer", new StartContainerRequest { ContainerId = id });

    public async Task<int> WaitAsync(string execId = "") => (await harness.CallAsync(
        "WaitProcess", new WaitProcessRequest { ContainerId = id, ExecId = execId }, WaitProcessResponse.Parser)).Status;

    public Task SignalAsync(int signal, string execId = "") =>
        harness.CallAsync("SignalProcess", new SignalProcessRequest { ContainerId = id, ExecId = execId, Signal = (uint)signal });

    /// <summary>Starts a further process.</summary>
    public async Task<ProcessStreams> ExecAsync(string execId, Process process, Action<ExecProcessRequest>? change = null)
    {
        ProcessStreams connected = await ProcessStreams.ConnectAsync(harness, process.Terminal);
        (uint stdin, uint stdout, uint stderr) = connected.Ports;
        var request = new ExecProcessRequest
        {
            ContainerId = id,
            ExecId = execId,
            Process = process,
            StdinPort = stdin,
            StdoutPort = stdout,
            StderrPort = stderr,
        };
        change?.Invoke(request);
        try
        {
            await harness.CallAsync("ExecProcess", request);
            return connected;
        }
        catch
        {
            await connected.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a further process to its end.</summary>
    public async Task<ProcessResult> RunExecAsync(string execId, params string[] args)
    {
        await using ProcessStreams connected = await ExecAsync(execId, ContainerBuilder.NewProcess(args));
        return await connected.FinishAsync(WaitAsync(execId), string.Empty);
    }

    public async Task RemoveAsync()
    {
        _removed = true;
        await harness.CallAsync("RemoveContainer", new RemoveContainerRequest { ContainerId = id });
    }

    public async ValueTask DisposeAsync()
    {
        if (!_removed)
        {
            await RemoveAsync();
        }

        if (streams is not null)
        {
            await streams.DisposeAsync();
        }
    }
}
