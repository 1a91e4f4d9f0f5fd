using Skerry.Bench.Results;

namespace Skerry.Bench.Kernels;

/// <summary>What came out of comparing guest kernels.</summary>
/// <param name="Results">The table.</param>
/// <param name="Times">Where the time of each kernel's start goes.</param>
/// <param name="Instructions">Where the guest's instructions go.</param>
public sealed record KernelResults(ResultFile Results, IReadOnlyList<StackedBar> Times, IReadOnlyList<StackedBar> Instructions);
