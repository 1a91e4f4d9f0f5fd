namespace Skerry.Agent.Processes;

/// <summary>One line of /etc/passwd.</summary>
internal readonly record struct UserEntry(string Name, uint Uid, uint Gid, string Home);
