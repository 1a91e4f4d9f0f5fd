namespace Skerry.Fuzz;

/// <summary>An input that a target did not stand, with what it takes to see it again.</summary>
internal sealed class FuzzFinding(IFuzzTarget target, int seed, int iteration, byte[] input, string what, Exception? cause) : Exception(
    $"""
    {target.Name}: {what}
    again: dotnet run -c Release --project tests/Skerry.Fuzz -- fuzz {target.Name} --seed {seed} --iteration {iteration}
    input ({input.Length} bytes): {Convert.ToHexString(input.AsSpan(0, Math.Min(input.Length, 256)))}{(input.Length > 256 ? "…" : "")}
    """,
    cause);
