namespace Skerry.Agent.Boot;

/// <summary>One named step of the start-up as PID 1.</summary>
internal sealed record BootStep(string Name, Action Run);
