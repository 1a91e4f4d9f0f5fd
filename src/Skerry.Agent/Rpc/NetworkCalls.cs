using Skerry.Agent.Network;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Calls about the guest's network.</summary>
internal static class NetworkCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, GuestNetwork network) => calls
        .Add<UpdateInterfaceRequest, Interface>("UpdateInterface", UpdateInterfaceRequest.Parser, (request, cancellationToken) =>
            network.UpdateAsync(request.Interface ?? new Interface(), cancellationToken))
        .Add<UpdateRoutesRequest, Routes>("UpdateRoutes", UpdateRoutesRequest.Parser, request => GuestNetwork.UpdateRoutes(request.Routes ?? new Routes()))
        .Add<ListInterfacesRequest, Interfaces>("ListInterfaces", ListInterfacesRequest.Parser, _ => GuestNetwork.ListInterfaces())
        .Add<ListRoutesRequest, Routes>("ListRoutes", ListRoutesRequest.Parser, _ => GuestNetwork.ListRoutes())
        .AddEmpty("AddARPNeighbors", AddARPNeighborsRequest.Parser, request => GuestNetwork.AddNeighbors(request.Neighbors ?? new ARPNeighbors()));
}
