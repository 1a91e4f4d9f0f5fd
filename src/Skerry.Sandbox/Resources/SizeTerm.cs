namespace Skerry.Sandbox;

/// <summary>One line of the sum that makes a machine's size.</summary>
/// <param name="Resource"><c>vcpus</c> or <c>memory</c>.</param>
/// <param name="Amount">Processors, or MiB; what the line adds to the lines before it.</param>
/// <param name="Reason">Which default, annotation, limit or rule it comes from.</param>
public sealed record SizeTerm(string Resource, double Amount, string Reason)
{
    /// <summary>The name of the lines about processors.</summary>
    public const string Vcpus = "vcpus";

    /// <summary>The name of the lines about memory, in MiB.</summary>
    public const string Memory = "memory";
}
