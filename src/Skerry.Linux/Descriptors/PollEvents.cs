namespace Skerry.Linux;

/// <summary>Events of poll(2), from include/uapi/asm-generic/poll.h.</summary>
[Flags]
public enum PollEvents : short
{
    /// <summary>Nothing: the time ran out.</summary>
    None = 0,

    /// <summary>There is something to read.</summary>
    POLLIN = 0x1,

    /// <summary>There is something urgent to read, or a watched file under /sys or /proc changed.</summary>
    POLLPRI = 0x2,

    /// <summary>There is room to write.</summary>
    POLLOUT = 0x4,

    /// <summary>An error, or the reader of a pipe is gone.</summary>
    POLLERR = 0x8,

    /// <summary>The other side hung up.</summary>
    POLLHUP = 0x10,

    /// <summary>The descriptor is not open.</summary>
    POLLNVAL = 0x20,
}
