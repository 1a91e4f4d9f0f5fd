using Skerry.Agent.Containers;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Calls about one container.</summary>
internal static class ContainerCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, GuestSandbox sandbox) => calls
        .AddEmpty("CreateContainer", CreateContainerRequest.Parser, sandbox.CreateContainerAsync)
        .AddEmpty("StartContainer", StartContainerRequest.Parser, (request, cancellationToken) =>
            sandbox.Container(request.ContainerId).StartAsync(sandbox.OutOfMemory, cancellationToken))
        .AddEmpty("RemoveContainer", RemoveContainerRequest.Parser, (request, cancellationToken) =>
            sandbox.RemoveContainerAsync(request.ContainerId, TimeSpan.FromSeconds(request.Timeout), cancellationToken))
        .AddEmpty("UpdateContainer", UpdateContainerRequest.Parser, request =>
            sandbox.Container(request.ContainerId).Cgroup.Apply(ResourceLimits.From(request.Resources)))
        .AddEmpty("PauseContainer", PauseContainerRequest.Parser, (request, cancellationToken) =>
            sandbox.Container(request.ContainerId).PauseAsync(cancellationToken))
        .AddEmpty("ResumeContainer", ResumeContainerRequest.Parser, (request, cancellationToken) =>
            sandbox.Container(request.ContainerId).ResumeAsync(cancellationToken))
        .Add<StatsContainerRequest, StatsContainerResponse>("StatsContainer", StatsContainerRequest.Parser, request =>
            ContainerStatistics.Of(sandbox.Container(request.ContainerId).Cgroup));
}
