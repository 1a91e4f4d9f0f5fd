using System.Globalization;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Guest;

/// <summary>What the host asks about the guest before it plugs anything.</summary>
internal static class GuestDetails
{
    private const string MemoryDirectory = "/sys/devices/system/memory";

    /// <summary>Answers <paramref name="request"/>.</summary>
    public static GuestDetailsResponse Collect(GuestDetailsRequest request, IReadOnlyList<string> storageDrivers)
    {
        var details = new AgentDetails
        {
            Version = AgentVersion.Current,
            InitDaemon = Environment.ProcessId == 1,
            SupportsSeccomp = File.Exists("/proc/sys/kernel/seccomp/actions_avail"),
        };
        details.StorageHandlers.AddRange(storageDrivers);
        details.DeviceHandlers.AddRange(["blk", "mmioblk", "nvdimm"]);
        details.ExtraFeatures.Add("skerry-streams");
        return new GuestDetailsResponse
        {
            AgentDetails = details,
            MemBlockSizeBytes = request.MemBlockSize ? MemoryBlockSizeBytes() : 0,
            SupportMemHotplugProbe = request.MemHotplugProbe && File.Exists($"{MemoryDirectory}/probe"),
        };
    }

    private static ulong MemoryBlockSizeBytes() => ulong.TryParse(
        ProcFile.ReadOrEmpty($"{MemoryDirectory}/block_size_bytes").Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong size) ? size : 0;
}
