using Skerry.Core;

namespace Skerry.Linux.Seccomp;

/// <summary>
/// Compiles an OCI seccomp profile to classic BPF for x86_64, and for 32-bit programs where the profile names them.
/// </summary>
/// <remarks>
/// The program asks in this order: architecture, x32, a number beyond the profile, then the number itself in a binary search
/// over ranges of numbers that share one answer, then the argument conditions of that one call. A usual profile allows long
/// runs of numbers, so the search is six or seven comparisons deep. The meaning is that of runc with libseccomp:
/// <list type="bullet">
/// <item>a rule whose action is the default action changes nothing;</item>
/// <item>a rule without conditions wins over rules with conditions on the same call, and the first of several wins;</item>
/// <item>conditions of a rule hold together, rules are alternatives; with two conditions on the same argument all are alternatives;</item>
/// <item>calls newer than the newest one the profile names get ENOSYS, so that programs fall back to older calls;</item>
/// <item>calls of an architecture the profile does not name kill the thread.</item>
/// </list>
/// The multiplexers <c>socketcall</c> and <c>ipc</c> of 32-bit programs are calls like any other.
/// </remarks>
public static class SeccompCompiler
{
    private const uint AUDIT_ARCH_X86_64 = 0xc000003e;
    private const uint AUDIT_ARCH_I386 = 0x40000003;
    private const uint X32_SYSCALL_BIT = 0x40000000;
    private const uint SkippedByTracer = uint.MaxValue;
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;

    private const uint Enosys = SeccompNames.SECCOMP_RET_ERRNO | SeccompNames.ENOSYS;

    /// <summary>Compiles <paramref name="profile"/>.</summary>
    /// <exception cref="SkerryException">
    /// InvalidArgument: an unknown action, operator, flag, architecture, or an argument beyond the sixth; ResourceExhausted: more
    /// than 4096 instructions; Unimplemented: SCMP_ACT_NOTIFY.
    /// </exception>
    public static SeccompFilter Compile(SeccompProfile profile)
    {
        SeccompNames.CheckArchitectures(profile.Architectures);
        uint flags = SeccompNames.FlagsOf(profile.Flags);
        uint defaultValue = SeccompNames.ReturnValueOf(profile.DefaultAction, profile.DefaultErrnoReturn);
        bool with32Bit = profile.Architectures.Contains("SCMP_ARCH_X86");

        var assembler = new BpfAssembler();
        int otherArchitecture = assembler.Return(SeccompNames.SECCOMP_RET_KILL_THREAD);
        if (with32Bit)
        {
            int section = Section(assembler, profile, SyscallTable.I386, wideArguments: false, listed: true, defaultValue);
            otherArchitecture = assembler.Branch(BpfInstruction.BPF_JMP_JEQ_K, AUDIT_ARCH_I386, assembler.Load(OffsetOfNumber, section), otherArchitecture);
        }

        int native = NativeSection(assembler, profile, defaultValue);
        int start = assembler.Branch(BpfInstruction.BPF_JMP_JEQ_K, AUDIT_ARCH_X86_64, native, otherArchitecture);
        return new SeccompFilter(assembler.ToProgram(assembler.Load(OffsetOfArchitecture, start)), flags, UnknownNames(profile, with32Bit));
    }

    /// <summary>
    /// The 64-bit part. x32 calls come with the 64-bit architecture and a bit in the number: they never run. A profile that
    /// names x32 gets the answer of a kernel without it; any other treats them as a foreign architecture.
    /// </summary>
    private static int NativeSection(BpfAssembler assembler, SeccompProfile profile, uint defaultValue)
    {
        bool listed = profile.Architectures.Contains("SCMP_ARCH_X86_64") || profile.Architectures.Contains("SCMP_ARCH_NATIVE");
        int section = Section(assembler, profile, SyscallTable.X86_64, wideArguments: true, listed, defaultValue);
        uint refusal = profile.Architectures.Contains("SCMP_ARCH_X32") ? Enosys : SeccompNames.SECCOMP_RET_KILL_THREAD;
        int x32 = assembler.Branch(
            BpfInstruction.BPF_JMP_JEQ_K, SkippedByTracer, assembler.Return(Enosys), assembler.Return(refusal));
        int number = assembler.Branch(BpfInstruction.BPF_JMP_JGE_K, X32_SYSCALL_BIT, x32, section);
        return assembler.Load(OffsetOfNumber, number);
    }

    /// <summary>The part of one architecture; the number is loaded already.</summary>
    private static int Section(
        BpfAssembler assembler, SeccompProfile profile, SyscallTable table, bool wideArguments, bool listed, uint defaultValue)
    {
        SyscallRules rules = SyscallRules.Of(profile, table, defaultValue);
        int fallback = assembler.Return(defaultValue);
        var ranges = new List<(uint Start, int Target)> { (0, fallback) };
        foreach ((int number, IReadOnlyList<SyscallRules.Clause> clauses) in rules.ByNumber)
        {
            int target = SeccompConditions.Assemble(assembler, clauses, fallback, wideArguments);
            AppendRange(ranges, (uint)number, target, fallback);
        }

        if (listed && WantsEnosys(profile) && rules.LastNumber > 0)
        {
            AppendRange(ranges, (uint)rules.LastNumber + 1, assembler.Return(Enosys), assembler.Return(Enosys));
        }

        return Search(assembler, ranges, 0, ranges.Count);
    }

    /// <summary>Sets the answer from one number on; after it <paramref name="afterwards"/> holds.</summary>
    private static void AppendRange(List<(uint Start, int Target)> ranges, uint number, int target, int afterwards)
    {
        if (ranges[^1].Start == number)
        {
            ranges.RemoveAt(ranges.Count - 1);
        }

        if (ranges.Count == 0 || ranges[^1].Target != target)
        {
            ranges.Add((number, target));
        }

        if (target != afterwards)
        {
            ranges.Add((number + 1, afterwards));
        }
    }

    private static int Search(BpfAssembler assembler, List<(uint Start, int Target)> ranges, int from, int to)
    {
        if (to - from == 1)
        {
            return ranges[from].Target;
        }

        int middle = (from + to) / 2;
        int upper = Search(assembler, ranges, middle, to);
        int lower = Search(assembler, ranges, from, middle);
        return assembler.Branch(BpfInstruction.BPF_JMP_JGE_K, ranges[middle].Start, upper, lower);
    }

    private static bool WantsEnosys(SeccompProfile profile) =>
        profile.DefaultAction is not ("SCMP_ACT_ALLOW" or "SCMP_ACT_LOG" or "SCMP_ACT_TRACE") && profile.DefaultErrnoReturn != SeccompNames.ENOSYS;

    private static List<string> UnknownNames(SeccompProfile profile, bool with32Bit) =>
    [
        .. profile.Syscalls.SelectMany(rule => rule.Names).Distinct(StringComparer.Ordinal)
            .Where(name => !SyscallTable.X86_64.TryGetNumber(name, out _) && !(with32Bit && SyscallTable.I386.TryGetNumber(name, out _))),
    ];
}
