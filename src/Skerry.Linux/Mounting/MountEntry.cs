namespace Skerry.Linux;

/// <summary>One line of /proc/PID/mountinfo, see proc(5).</summary>
/// <param name="Id">The mount's number.</param>
/// <param name="ParentId">The number of the mount it stands on.</param>
/// <param name="Device">major:minor of st_dev.</param>
/// <param name="Root">The part of the file system that is shown.</param>
/// <param name="Target">The mount point, relative to the reader's root.</param>
/// <param name="Options">Options of this mount.</param>
/// <param name="Propagation">Optional fields, as "shared:12" or "master:3", separated by blanks; empty for a private mount.</param>
/// <param name="Type">The file system's name.</param>
/// <param name="Source">The device, or another word.</param>
/// <param name="SuperOptions">Options of the file system.</param>
public sealed record MountEntry(
    int Id,
    int ParentId,
    string Device,
    string Root,
    string Target,
    string Options,
    string Propagation,
    string Type,
    string Source,
    string SuperOptions);
