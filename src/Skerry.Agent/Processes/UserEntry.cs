namespace Skerry.Agent.Processes;

/// <summary>One line of /etc/passwd.</summary>
internal sealed record UserEntry(string Name, uint Uid, uint Gid, string Home);
