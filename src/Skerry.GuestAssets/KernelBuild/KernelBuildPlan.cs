namespace Skerry.GuestAssets.KernelBuild;

/// <summary>What goes into one kernel, and where its objects and its result lie.</summary>
/// <param name="Source">The source.</param>
/// <param name="Fragments">What the configuration is made from; null when <paramref name="Config"/> is the whole of it.</param>
/// <param name="Config">A whole configuration of the user's; null for one made from fragments.</param>
/// <param name="ConfigDigest">SHA-256 over what decides the configuration.</param>
/// <param name="Digest">SHA-256 over everything that goes in.</param>
/// <param name="Objects">Where make works.</param>
/// <param name="Result">Where the finished files are put.</param>
internal sealed record KernelBuildPlan(
    KernelSourceTree Source, KernelFragmentSet? Fragments, string? Config, string ConfigDigest, string Digest, string Objects, string Result);
