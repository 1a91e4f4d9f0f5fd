namespace Skerry.Sandbox;

/// <summary>A network card, or a virtual function of one, as it was before a sandbox took it from its driver.</summary>
/// <param name="Address">Where it is on the PCI bus, as in "0000:3b:02.1".</param>
/// <param name="Driver">The driver it had.</param>
/// <param name="DriverOverride">The only driver that might have it; null for none.</param>
/// <param name="Interface">The name its interface had in the pod's network namespace.</param>
public sealed record DeviceRecord(string Address, string Driver, string? DriverOverride, string Interface);
