namespace Skerry.Oci;

/// <summary>The device list containerd gives by default: nothing but the harmless nodes every container has.</summary>
internal static class DefaultDevices
{
    internal static IReadOnlyList<OciDeviceRule> Rules { get; } =
    [
        new OciDeviceRule { Allow = false, Access = "rwm" },
        Character(null, null, "m"),
        new OciDeviceRule { Allow = true, Type = "b", Access = "m" },
        Character(1, 3), // null
        Character(1, 5), // zero
        Character(1, 7), // full
        Character(1, 8), // random
        Character(1, 9), // urandom
        Character(5, 0), // tty
        Character(5, 1), // console
        Character(5, 2), // ptmx
        Character(136, null), // pts
    ];

    private static OciDeviceRule Character(long? major, long? minor, string access = "rwm") =>
        new() { Allow = true, Type = "c", Major = major, Minor = minor, Access = access };
}
