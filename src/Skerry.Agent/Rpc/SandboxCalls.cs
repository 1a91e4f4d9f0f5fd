using Skerry.Agent.Containers;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Calls about the sandbox as a whole.</summary>
internal static class SandboxCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, GuestSandbox sandbox) => calls
        .AddEmpty("CreateSandbox", CreateSandboxRequest.Parser, sandbox.CreateAsync)
        .AddEmpty("DestroySandbox", DestroySandboxRequest.Parser, (_, cancellationToken) => sandbox.DestroyAsync(cancellationToken))
        .Add<GetOOMEventRequest, OOMEvent>("GetOOMEvent", GetOOMEventRequest.Parser, async (_, cancellationToken) =>
            new OOMEvent { ContainerId = await sandbox.OutOfMemory.NextAsync(cancellationToken).ConfigureAwait(false) });
}
