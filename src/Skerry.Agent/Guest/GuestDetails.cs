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
            MemBlockSizeBytes = request.MemBlockSize ? MemoryBlockSizeBytes(MemoryDirectory) : 0,
            MemOnlineBytes = request.MemBlockSize ? OnlineBytes(MemoryDirectory) : 0,
            SupportMemHotplugProbe = request.MemHotplugProbe && File.Exists($"{MemoryDirectory}/probe"),
        };
    }

    /// <summary>The memory whose blocks are in use: a kernel that cannot take what was plugged makes no blocks of it.</summary>
    internal static ulong OnlineBytes(string directory)
    {
        IEnumerable<string> blocks = Directory.Exists(directory) ? Directory.EnumerateDirectories(directory, "memory*") : [];
        return (ulong)blocks.Count(block => ProcFile.ReadOrEmpty($"{block}/state").Trim() == "online") * MemoryBlockSizeBytes(directory);
    }

    private static ulong MemoryBlockSizeBytes(string directory) => ulong.TryParse(
        ProcFile.ReadOrEmpty($"{directory}/block_size_bytes").Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong size) ? size : 0;
}
