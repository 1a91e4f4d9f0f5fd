using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// Which block devices of the host a spec asks for. A manager also lists every device of the host for a privileged container; those
/// are not asked for, and stay on the host: privileged means privileged in the guest.
/// </summary>
internal static class RequestedDisks
{
    private const string AllAccess = "rwm";

    /// <summary>The devices, in the spec's order.</summary>
    internal static IReadOnlyList<RequestedDisk> Of(OciSpec spec)
    {
        OciLinux linux = spec.Linux ?? new OciLinux();
        IReadOnlyList<OciDeviceRule> rules = linux.Resources?.Devices ?? [];
        bool wholeHost = linux.Devices.Any(IsNullDevice);
        return [.. linux.Devices.Where(device => device.Type == "b").Select(device => Read(device, rules, wholeHost)).OfType<RequestedDisk>()];
    }

    /// <summary>True when <paramref name="rule"/> is about one of <paramref name="disks"/> alone.</summary>
    internal static bool IsFor(OciDeviceRule rule, IReadOnlyList<RequestedDisk> disks) => disks.Any(disk => IsFor(rule, disk.Number));

    /// <summary>In a list of what was asked for it cannot be: every container has it by itself (runtime-spec, "Default Devices").</summary>
    private static bool IsNullDevice(OciDevice device) => device is { Type: "c", Major: 1, Minor: 3 };

    private static RequestedDisk? Read(OciDevice device, IReadOnlyList<OciDeviceRule> rules, bool wholeHost)
    {
        var number = new DeviceNumber(device.Major, device.Minor);
        OciDeviceRule? own = rules.LastOrDefault(rule => IsFor(rule, number));
        bool asked = own?.Allow ?? !wholeHost;
        return asked ? new RequestedDisk(device.Path, number, (own?.Access ?? AllAccess).Contains('w', StringComparison.Ordinal)) : null;
    }

    private static bool IsFor(OciDeviceRule rule, DeviceNumber number) => rule.Type == "b" && rule.Major == number.Major && rule.Minor == number.Minor;
}
