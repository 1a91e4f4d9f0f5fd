using Skerry.Agent.Storages;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Calls about files and volumes.</summary>
internal static class FileCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, FileCopier copier, Volumes volumes) => calls
        .AddSlow("CopyFile", CopyFileRequest.Parser, copier.Copy)
        .AddSlow<VolumeStatsRequest, VolumeStatsResponse>("GetVolumeStats", VolumeStatsRequest.Parser, request => Volumes.Statistics(request.VolumeGuestPath))
        .AddSlow("UpdateEphemeralMounts", UpdateEphemeralMountsRequest.Parser, request => Volumes.Remount(request.Storages))
        .AddSlow("RemoveStaleVirtiofsShareMounts", RemoveStaleVirtiofsShareMountsRequest.Parser, _ => volumes.RemoveStale());
}
