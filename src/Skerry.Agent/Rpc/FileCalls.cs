using Skerry.Agent.Storages;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Calls about files and volumes.</summary>
internal static class FileCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, FileCopier copier, Volumes volumes) => calls
        .AddEmpty("CopyFile", CopyFileRequest.Parser, copier.Copy)
        .Add<VolumeStatsRequest, VolumeStatsResponse>("GetVolumeStats", VolumeStatsRequest.Parser, request => Volumes.Statistics(request.VolumeGuestPath))
        .AddEmpty("UpdateEphemeralMounts", UpdateEphemeralMountsRequest.Parser, request => Volumes.Remount(request.Storages))
        .AddEmpty("RemoveStaleVirtiofsShareMounts", RemoveStaleVirtiofsShareMountsRequest.Parser, _ => volumes.RemoveStale());
}
