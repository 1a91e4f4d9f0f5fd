using Skerry.Agent.Containers;
using Skerry.Agent.Guest;
using Skerry.Linux;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Calls about the guest itself: its hardware, clock, entropy and metrics.</summary>
internal static class GuestCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, GuestSandbox sandbox, GuestMetrics metrics) => calls
        .Add<GuestDetailsRequest, GuestDetailsResponse>("GetGuestDetails", GuestDetailsRequest.Parser, request =>
            GuestDetails.Collect(request, sandbox.Storages.DriverNames))
        .AddEmpty("SetGuestDateTime", SetGuestDateTimeRequest.Parser, request => MachineClock.Set(request.Sec, request.Usec * 1000))
        .AddEmpty("ReseedRandomDev", ReseedRandomDevRequest.Parser, request => RandomDevice.Reseed(request.Data.Span))
        .AddEmpty("OnlineCPUMem", OnlineCPUMemRequest.Parser, (request, cancellationToken) => new HotplugSwitch().OnlineAsync(request, cancellationToken))
        .Add<GetMetricsRequest, Metrics>("GetMetrics", GetMetricsRequest.Parser, _ => new Metrics { Metrics_ = metrics.Collect() });
}
