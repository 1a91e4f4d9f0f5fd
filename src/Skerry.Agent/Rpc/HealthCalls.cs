using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Rpc;

/// <summary>grpc.Health: is the agent there, and which one is it.</summary>
internal static class HealthCalls
{
    /// <summary>The version of the protocol, as Kata's agent reports it.</summary>
    public const string ProtocolVersion = "0.0.1";

    /// <summary>Registers Check and Version.</summary>
    public static void Register(TtrpcServer server)
    {
        server.RegisterShort<CheckRequest, HealthCheckResponse>(ServiceNames.Health, "Check", CheckRequest.Parser, (_, _) => new HealthCheckResponse
        {
            Status = HealthCheckResponse.Types.ServingStatus.Serving,
            RunningUs = (ulong)MachineClock.SinceStart().TotalMicroseconds,
        });
        server.RegisterShort<CheckRequest, VersionCheckResponse>(ServiceNames.Health, "Version", CheckRequest.Parser, (_, _) => new VersionCheckResponse
        {
            GrpcVersion = ProtocolVersion,
            AgentVersion = AgentVersion.Current,
        });
    }
}
