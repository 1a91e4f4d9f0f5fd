using Skerry.Core;

namespace Skerry.Oci;

/// <summary>A document of the OCI specifications that cannot be read, or that asks for something impossible.</summary>
public sealed class OciException : SkerryException
{
    /// <summary>A document that cannot be read.</summary>
    internal OciException(string message, Exception? cause = null)
        : base(FailureKind.InvalidArgument, message, cause: cause)
    {
    }

    /// <summary>A document that can be read and has <paramref name="faults"/>.</summary>
    internal OciException(string document, IReadOnlyList<string> faults)
        : base(FailureKind.InvalidArgument, Describe(document, faults)) => Faults = faults;

    /// <summary>Each fault, naming its property; empty when the document could not be read at all.</summary>
    public IReadOnlyList<string> Faults { get; } = [];

    private static string Describe(string document, IReadOnlyList<string> faults) => faults.Count == 1
        ? $"{document}: {faults[0]}"
        : $"{document} has {faults.Count} faults:\n{string.Join("\n", faults)}";
}
