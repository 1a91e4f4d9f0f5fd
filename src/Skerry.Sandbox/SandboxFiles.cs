using System.Globalization;
using Skerry.Oci;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <summary>What the whole sandbox has in the guest: the share, shared memory, the resolver's configuration.</summary>
internal static class SandboxFiles
{
    private const string Resolver = "/etc/resolv.conf";
    private const long DefaultShmBytes = 64 * 1024 * 1024;

    /// <summary>The storages of CreateSandbox.</summary>
    internal static IEnumerable<Storage> Storages(OciSpec spec)
    {
        yield return new Storage
        {
            Driver = "virtio-fs",
            Source = GuestPaths.ShareTag,
            Fstype = "virtiofs",
            MountPoint = GuestPaths.Share,
        };
        var shm = new Storage { Driver = "ephemeral", Source = "shm", Fstype = "tmpfs", MountPoint = GuestPaths.Shm };
        shm.Options.Add(["noexec", "nosuid", "nodev", "mode=1777", string.Create(CultureInfo.InvariantCulture, $"size={ShmSize(spec)}")]);
        yield return shm;
    }

    /// <summary>The lines of the pod's resolv.conf, or of the one that the spec mounts; none when there is neither.</summary>
    internal static IReadOnlyList<string> ResolverLines(LaunchConfig config)
    {
        if (config.Files.TryGetValue(Resolver, out string? text))
        {
            return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        string? source = config.Spec.Mounts.LastOrDefault(mount => mount.Destination == Resolver)?.Source;
        return source is not null && File.Exists(source) ? File.ReadAllLines(source) : [];
    }

    // A bind onto /dev/shm means the manager made one for the pod: take over its size.
    private static long ShmSize(OciSpec spec)
    {
        string? source = spec.Mounts.LastOrDefault(mount => mount.Destination == "/dev/shm" && mount.Type == "bind")?.Source;
        if (source is null || !Directory.Exists(source))
        {
            return DefaultShmBytes;
        }

        long size = new DriveInfo(source).TotalSize;
        return size > 0 ? size : DefaultShmBytes;
    }
}
