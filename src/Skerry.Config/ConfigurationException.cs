using Skerry.Core;

namespace Skerry.Config;

/// <summary>A configuration that cannot be used, with every fault that was found.</summary>
public sealed class ConfigurationException : SkerryException
{
    /// <summary>Makes the error of <paramref name="faults"/>, of which there is at least one.</summary>
    public ConfigurationException(IReadOnlyList<ConfigFault> faults)
        : base(FailureKind.InvalidArgument, Describe(faults), "docs/reference/config.md lists every key; to check a file, run: skerry config lint") => Faults = faults;

    /// <summary>The faults, file by file in the order of their lines.</summary>
    public IReadOnlyList<ConfigFault> Faults { get; }

    private static string Describe(IReadOnlyList<ConfigFault> faults) =>
        $"the configuration has {(faults.Count == 1 ? "a fault" : $"{faults.Count} faults")}{string.Concat(faults.Select(fault => $"\n  {fault}"))}";
}
