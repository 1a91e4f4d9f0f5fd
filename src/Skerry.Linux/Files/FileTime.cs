namespace Skerry.Linux;

/// <summary>A point in time as file systems keep it.</summary>
/// <param name="Seconds">Seconds since 1970, UTC.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct FileTime(long Seconds, uint Nanoseconds = 0);
