namespace Skerry.GuestAssets.Disks;

/// <summary>A partition of a disk image.</summary>
/// <param name="OffsetBytes">Where it starts.</param>
/// <param name="SizeBytes">How long it is.</param>
internal readonly record struct Partition(long OffsetBytes, long SizeBytes);
