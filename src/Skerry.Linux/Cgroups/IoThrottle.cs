namespace Skerry.Linux.Cgroups;

/// <summary>Limits of I/O on one block device; 0 leaves a rate as it is.</summary>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="ReadBytesPerSecond">Bytes read per second.</param>
/// <param name="WriteBytesPerSecond">Bytes written per second.</param>
/// <param name="ReadsPerSecond">Read operations per second.</param>
/// <param name="WritesPerSecond">Write operations per second.</param>
public sealed record IoThrottle(
    long Major, long Minor, ulong ReadBytesPerSecond = 0, ulong WriteBytesPerSecond = 0, ulong ReadsPerSecond = 0, ulong WritesPerSecond = 0);
