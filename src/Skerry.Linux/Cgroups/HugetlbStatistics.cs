namespace Skerry.Linux.Cgroups;

/// <summary>Huge pages of one size.</summary>
/// <param name="Bytes">In use.</param>
/// <param name="MaxBytes">The most there was; 0 where the kernel does not count it.</param>
/// <param name="Failures">How often the limit was hit.</param>
public readonly record struct HugetlbStatistics(ulong Bytes, ulong MaxBytes, ulong Failures);
