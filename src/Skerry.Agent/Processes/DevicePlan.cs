using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Processes;

/// <summary>The device files of a container: those the OCI runtime spec promises, then those the request names.</summary>
/// <remarks>runtime-spec 1.2, config-linux.md, "Default Devices".</remarks>
internal static class DevicePlan
{
    private const uint EveryoneMode = 0b110_110_110;

    /// <summary>Symbolic links of /dev that every container has, and their texts.</summary>
    public static IReadOnlyList<DeviceLink> Links { get; } =
    [
        new("/dev/fd", "/proc/self/fd"),
        new("/dev/stdin", "/proc/self/fd/0"),
        new("/dev/stdout", "/proc/self/fd/1"),
        new("/dev/stderr", "/proc/self/fd/2"),
    ];

    private static readonly LinuxDevice[] s_defaults =
    [
        Character("/dev/null", 1, 3),
        Character("/dev/zero", 1, 5),
        Character("/dev/full", 1, 7),
        Character("/dev/random", 1, 8),
        Character("/dev/urandom", 1, 9),
        Character("/dev/tty", 5, 0),
    ];

    /// <summary>Names of /dev that are links in every container, and so no device files, whatever the host has under them.</summary>
    private static readonly string[] s_linked = ["/dev/ptmx", .. Links.Select(l => l.Path)];

    /// <summary>The device files to make; one that the request names replaces a default of the same path.</summary>
    public static IReadOnlyList<LinuxDevice> Devices(IEnumerable<LinuxDevice> requested)
    {
        LinuxDevice[] named = [.. requested.Where(d => !s_linked.Contains(d.Path))];
        return [.. s_defaults.Where(d => named.All(n => n.Path != d.Path)), .. named];
    }

    private static LinuxDevice Character(string path, long major, long minor) =>
        new() { Path = path, Type = "c", Major = major, Minor = minor, FileMode = EveryoneMode };

    /// <summary>True when the container brings a /dev of its own by a bind mount: then nothing is made in it.</summary>
    public static bool BringsItsOwn(IEnumerable<Mount> mounts) =>
        mounts.Any(m => m.Destination.TrimEnd('/') == "/dev" && (m.Type == "bind" || m.Options.Contains("bind") || m.Options.Contains("rbind")));
}
