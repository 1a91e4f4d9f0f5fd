namespace Skerry.Linux.Seccomp;

/// <summary>Assembles argument conditions. BPF compares 32 bits at a time, so a 64-bit argument takes two comparisons.</summary>
internal static class SeccompConditions
{
    internal static readonly IReadOnlyList<string> Operators =
    [
        "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
    ];

    private const uint OffsetOfArguments = 16;

    /// <summary>Emits the clauses of one call; <paramref name="otherwise"/> is where a call goes that none of them matches.</summary>
    internal static int Assemble(BpfAssembler assembler, IReadOnlyList<SyscallRules.Clause> clauses, int otherwise, bool wide)
    {
        int next = otherwise;
        foreach (SyscallRules.Clause clause in clauses.Reverse())
        {
            int fail = next;
            next = assembler.Return(clause.ReturnValue);
            foreach (SeccompArgument condition in clause.Conditions.Reverse())
            {
                next = Condition(assembler, condition, next, fail, wide);
            }
        }

        return next;
    }

    private static int Condition(BpfAssembler assembler, SeccompArgument a, int pass, int fail, bool wide) => a.Operator switch
    {
        "SCMP_CMP_EQ" => Equal(assembler, a.Index, ulong.MaxValue, a.Value, pass, fail, wide),
        "SCMP_CMP_NE" => Equal(assembler, a.Index, ulong.MaxValue, a.Value, fail, pass, wide),
        "SCMP_CMP_GT" => Greater(assembler, a, BpfInstruction.BPF_JMP_JGT_K, pass, fail, wide),
        "SCMP_CMP_GE" => Greater(assembler, a, BpfInstruction.BPF_JMP_JGE_K, pass, fail, wide),
        "SCMP_CMP_LE" => Greater(assembler, a, BpfInstruction.BPF_JMP_JGT_K, fail, pass, wide),
        "SCMP_CMP_LT" => Greater(assembler, a, BpfInstruction.BPF_JMP_JGE_K, fail, pass, wide),
        "SCMP_CMP_MASKED_EQ" => Equal(assembler, a.Index, a.Value, a.ValueTwo, pass, fail, wide),
        _ => throw new InvalidOperationException($"operator {a.Operator} was not checked"),
    };

    private static int Equal(BpfAssembler assembler, uint index, ulong mask, ulong value, int same, int different, bool wide)
    {
        int next = EqualWord(assembler, LowWord(index), (uint)mask, (uint)value, same, different);
        return wide ? EqualWord(assembler, HighWord(index), (uint)(mask >> 32), (uint)(value >> 32), next, different) : next;
    }

    private static int EqualWord(BpfAssembler assembler, uint offset, uint mask, uint value, int same, int different)
    {
        int next = assembler.Branch(BpfInstruction.BPF_JMP_JEQ_K, value, same, different);
        next = mask == uint.MaxValue ? next : assembler.And(mask, next);
        return assembler.Load(offset, next);
    }

    /// <summary>Compares the high words first; only when they are equal the low words decide, by <paramref name="lowCode"/>.</summary>
    private static int Greater(BpfAssembler assembler, SeccompArgument a, ushort lowCode, int greater, int notGreater, bool wide)
    {
        int low = assembler.Load(LowWord(a.Index), assembler.Branch(lowCode, (uint)a.Value, greater, notGreater));
        if (!wide)
        {
            return low;
        }

        uint high = (uint)(a.Value >> 32);
        int equal = assembler.Branch(BpfInstruction.BPF_JMP_JEQ_K, high, low, notGreater);
        return assembler.Load(HighWord(a.Index), assembler.Branch(BpfInstruction.BPF_JMP_JGT_K, high, greater, equal));
    }

    private static uint LowWord(uint index) => OffsetOfArguments + (index * 8);

    private static uint HighWord(uint index) => LowWord(index) + 4;
}
