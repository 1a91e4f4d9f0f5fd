namespace Skerry.Oci;

/// <summary>One line of /etc/passwd, as far as a container needs it.</summary>
internal sealed record PasswdEntry(string Name, uint Uid, uint Gid, string Home);
