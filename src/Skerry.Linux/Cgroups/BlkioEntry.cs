namespace Skerry.Linux.Cgroups;

/// <summary>One number about block I/O.</summary>
/// <param name="Major">Major number of the device.</param>
/// <param name="Minor">Minor number of the device.</param>
/// <param name="Operation">"Read", "Write" or "Discard".</param>
/// <param name="Value">Bytes or operations.</param>
public readonly record struct BlkioEntry(ulong Major, ulong Minor, string Operation, ulong Value);
