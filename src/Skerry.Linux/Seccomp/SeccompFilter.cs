namespace Skerry.Linux.Seccomp;

/// <summary>A compiled profile, ready for seccomp(2).</summary>
/// <param name="Program">An array of <c>struct sock_filter</c>, eight bytes each.</param>
/// <param name="Flags">The flags argument of SECCOMP_SET_MODE_FILTER.</param>
/// <param name="IgnoredNames">Names of system calls no architecture of the profile knows; not an error, as for runc.</param>
public sealed record SeccompFilter(byte[] Program, uint Flags, IReadOnlyList<string> IgnoredNames)
{
    /// <summary>How many instructions the program has.</summary>
    public int InstructionCount => Program.Length / BpfInstruction.SizeBytes;
}
