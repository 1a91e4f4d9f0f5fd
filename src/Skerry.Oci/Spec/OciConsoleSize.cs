namespace Skerry.Oci;

/// <summary>The size of a terminal in characters.</summary>
public sealed record OciConsoleSize
{
    /// <summary>Rows.</summary>
    public uint Height { get; init; }

    /// <summary>Columns.</summary>
    public uint Width { get; init; }
}
