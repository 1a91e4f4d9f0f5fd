namespace Skerry.Agent.Processes;

/// <summary>A symbolic link of /dev.</summary>
internal sealed record DeviceLink(string Path, string Target);
