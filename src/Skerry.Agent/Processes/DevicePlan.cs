using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Processes;

/// <summary>The device files of a container: those the OCI runtime spec promises, then those the request names.</summary>
/// <remarks>runtime-spec 1.2, config-linux.md, "Default Devices".</remarks>
internal static class DevicePlan
{
    private const uint EveryoneMode = 0b110_110_110;

    /// <summary>Symbolic links of /dev that every container has.</summary>
    public static IReadOnlyList<(string Path, string Target)> Links { get; } =
    [
        ("/dev/fd", "/proc/self/fd"),
        ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"),
    ];

    private static readonly (string Path, uint Major, uint Minor)[] s_defaults =
    [
        ("/dev/null", 1, 3),
        ("/dev/zero", 1, 5),
        ("/dev/full", 1, 7),
        ("/dev/random", 1, 8),
        ("/dev/urandom", 1, 9),
        ("/dev/tty", 5, 0),
    ];

    /// <summary>The device files to make; one that the request names replaces a default of the same path.</summary>
    public static IReadOnlyList<LinuxDevice> Devices(IEnumerable<LinuxDevice> requested)
    {
        LinuxDevice[] named = [.. requested];
        var devices = s_defaults
            .Where(d => named.All(n => n.Path != d.Path))
            .Select(d => new LinuxDevice { Path = d.Path, Type = "c", Major = d.Major, Minor = d.Minor, FileMode = EveryoneMode })
            .ToList();
        devices.AddRange(named);
        return devices;
    }

    /// <summary>True when the container brings a /dev of its own by a bind mount: then nothing is made in it.</summary>
    public static bool BringsItsOwn(IEnumerable<Mount> mounts) =>
        mounts.Any(m => m.Destination.TrimEnd('/') == "/dev" && (m.Type == "bind" || m.Options.Contains("bind") || m.Options.Contains("rbind")));
}
