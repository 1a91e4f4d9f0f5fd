namespace Skerry.Sandbox;

/// <summary>How a mount of the OCI spec reaches the container in the guest.</summary>
internal enum MountRoute
{
    /// <summary>The guest makes it itself: proc, sysfs, tmpfs and the like, and binds of the guest's own /proc and /sys.</summary>
    Guest,

    /// <summary>A host directory or file, bound into the share and from there into the container.</summary>
    Share,

    /// <summary>A file system of the host, mounted by us and then shared.</summary>
    MountAndShare,

    /// <summary>The sandbox's shared memory, made once in the guest and bound into each container.</summary>
    SandboxShm,

    /// <summary>A volume of memory, made once in the guest for all containers and bound into each.</summary>
    GuestVolume,

    /// <summary>Left out, with a warning.</summary>
    Omit,
}
