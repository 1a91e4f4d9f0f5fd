namespace Skerry.Linux;

/// <summary>What the kernel says about a block device.</summary>
/// <param name="SizeBytes">Its length; 0 for one without a medium, as a loop device that is not bound.</param>
/// <param name="LogicalSectorBytes">The smallest unit it can be addressed in.</param>
/// <param name="PhysicalSectorBytes">The smallest unit it can write at once.</param>
/// <param name="ReadOnly">The kernel refuses writes.</param>
public readonly record struct BlockGeometry(ulong SizeBytes, uint LogicalSectorBytes, uint PhysicalSectorBytes, bool ReadOnly);
