namespace Skerry.Linux;

/// <summary>What a <see cref="MountStep"/> does; the values of native/spawn.h.</summary>
public enum MountStepKind
{
    /// <summary>Mounts a file system.</summary>
    Mount = 0,

    /// <summary>Binds a path of the parent's view.</summary>
    Bind = 1,

    /// <summary>Changes the propagation of a mount.</summary>
    Propagation = 2,

    /// <summary>Makes a device node or fifo.</summary>
    Device = 3,

    /// <summary>Makes a symbolic link.</summary>
    Symlink = 4,

    /// <summary>Hides a path.</summary>
    Mask = 5,

    /// <summary>Makes a path read-only.</summary>
    ReadOnly = 6,

    /// <summary>Makes a directory.</summary>
    Directory = 7,

    /// <summary>Restricts an existing mount.</summary>
    Remount = 8,
}
