namespace Skerry.Linux.Seccomp;

/// <summary>A condition on one argument of a system call, as in an OCI profile.</summary>
/// <param name="Index">Which argument, 0 to 5.</param>
/// <param name="Value">What to compare with; the mask for SCMP_CMP_MASKED_EQ.</param>
/// <param name="ValueTwo">What the masked argument has to equal for SCMP_CMP_MASKED_EQ; unused otherwise.</param>
/// <param name="Operator">One of the SCMP_CMP_ names.</param>
public readonly record struct SeccompArgument(uint Index, ulong Value, ulong ValueTwo, string Operator);
