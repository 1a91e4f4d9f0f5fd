using Skerry.Agent.Containers;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Calls about one process of a container.</summary>
internal static class ProcessCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, GuestSandbox sandbox) => calls
        .AddEmpty("ExecProcess", ExecProcessRequest.Parser, (request, cancellationToken) =>
            sandbox.Container(request.ContainerId).ExecAsync(request, cancellationToken))
        .AddEmpty("SignalProcess", SignalProcessRequest.Parser, request =>
            sandbox.Container(request.ContainerId).Signal(request.ExecId, (int)request.Signal))
        .Add<WaitProcessRequest, WaitProcessResponse>("WaitProcess", WaitProcessRequest.Parser, async (request, cancellationToken) => new WaitProcessResponse
        {
            Status = await sandbox.Container(request.ContainerId).WaitAsync(request.ExecId, cancellationToken).ConfigureAwait(false),
        })
        .AddEmpty("TtyWinResize", TtyWinResizeRequest.Parser, request => sandbox.Container(request.ContainerId).Process(request.ExecId)
            .Resize((ushort)Math.Min(request.Row, ushort.MaxValue), (ushort)Math.Min(request.Column, ushort.MaxValue)));
}
