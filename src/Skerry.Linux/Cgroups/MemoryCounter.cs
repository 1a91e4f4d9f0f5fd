namespace Skerry.Linux.Cgroups;

/// <summary>One counter of memory.</summary>
/// <param name="Bytes">Now.</param>
/// <param name="MaxBytes">The most there was; 0 where the kernel does not count it.</param>
/// <param name="Failures">How often the limit was hit.</param>
/// <param name="LimitBytes">The limit; <see cref="ulong.MaxValue"/> for none.</param>
public readonly record struct MemoryCounter(ulong Bytes, ulong MaxBytes, ulong Failures, ulong LimitBytes);
