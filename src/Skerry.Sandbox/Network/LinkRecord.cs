namespace Skerry.Sandbox;

/// <summary>An interface of the pod's network namespace as it was before a sandbox took it.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Mac">Its Ethernet address.</param>
public sealed record LinkRecord(int Index, string Mac);
