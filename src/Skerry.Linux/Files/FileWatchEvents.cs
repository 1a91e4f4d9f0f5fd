namespace Skerry.Linux;

/// <summary>Events of inotify(7), from include/uapi/linux/inotify.h.</summary>
[Flags]
public enum FileWatchEvents : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The contents changed.</summary>
    IN_MODIFY = 0x2,

    /// <summary>Metadata changed.</summary>
    IN_ATTRIB = 0x4,

    /// <summary>A writer closed the file.</summary>
    IN_CLOSE_WRITE = 0x8,

    /// <summary>An entry was moved out of the directory.</summary>
    IN_MOVED_FROM = 0x40,

    /// <summary>An entry was moved into the directory.</summary>
    IN_MOVED_TO = 0x80,

    /// <summary>An entry was made in the directory.</summary>
    IN_CREATE = 0x100,

    /// <summary>An entry of the directory was removed.</summary>
    IN_DELETE = 0x200,

    /// <summary>The watched file itself was removed.</summary>
    IN_DELETE_SELF = 0x400,

    /// <summary>The watched file itself was moved.</summary>
    IN_MOVE_SELF = 0x800,

    /// <summary>Events were lost.</summary>
    IN_Q_OVERFLOW = 0x4000,

    /// <summary>The watch ended, as after <see cref="IN_DELETE_SELF"/>.</summary>
    IN_IGNORED = 0x8000,
}
