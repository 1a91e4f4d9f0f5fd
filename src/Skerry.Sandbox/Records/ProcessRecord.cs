namespace Skerry.Sandbox;

/// <summary>A host process of a sandbox. The start time tells it from a later process with the same number.</summary>
/// <param name="Role">What it is: <c>shim</c>, <c>vmm</c>, <c>virtiofsd</c>.</param>
/// <param name="Pid">Its number.</param>
/// <param name="StartTicks">Clock ticks since the host's boot, field 22 of /proc/PID/stat.</param>
public sealed record ProcessRecord(string Role, int Pid, ulong StartTicks);
