using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>Paths inside the guest, as Kata's agent protocol fixes them.</summary>
public static class GuestPaths
{
    /// <summary>The tag of the virtio-fs share.</summary>
    public const string ShareTag = "kataShared";

    /// <summary>Where the agent mounts the share.</summary>
    public const string Share = "/run/kata-containers/shared/containers/";

    /// <summary>The directory of the sandbox's own tmpfs mounts.</summary>
    public const string Shm = "/run/kata-containers/sandbox/shm";

    /// <summary>The rootfs of a container.</summary>
    public static string RootFs(ContainerId container) => $"{Share}{container.Value}/rootfs";

    /// <summary>The rootfs of a container whose root is on a disk of its own.</summary>
    public static string DiskRoot(ContainerId container) => $"/run/kata-containers/sandbox/rootfs/{container.Value}";

    /// <summary>An entry directly below the share.</summary>
    public static string Shared(string name) => Share + name;
}
