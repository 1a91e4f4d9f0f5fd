using Skerry.Protocols.Ttrpc;

namespace Skerry.Protocols;

/// <summary>Status codes by which the agent tells what no kind of failure tells. It answers with them for nothing else.</summary>
public static class AgentStatus
{
    /// <summary>A device that the host plugged did not appear in the guest: gRPC's ABORTED, "given up", which no kind maps to.</summary>
    public const TtrpcStatusCode DeviceAbsent = TtrpcStatusCode.Aborted;
}
