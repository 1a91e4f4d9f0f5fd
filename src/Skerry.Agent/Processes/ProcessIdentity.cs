namespace Skerry.Agent.Processes;

/// <summary>Who a process runs as.</summary>
internal sealed record ProcessIdentity(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home);
