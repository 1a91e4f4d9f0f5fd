namespace Skerry.Oci;

/// <summary>The empty object that image configurations use as the value of a set's members.</summary>
public sealed record OciEmpty;
