using Skerry.Core;
using Skerry.Linux.Seccomp;

namespace Skerry.Linux.Tests.Seccomp;

public sealed class SeccompCompilerTests
{
    private const uint Allow = 0x7fff0000;
    private const uint Errno = 0x00050000;
    private const uint KillThread = 0;

    [Fact]
    public void NamedCallsRun_AllOthersGetTheDefault()
    {
        byte[] program = Compile(Rule("SCMP_ACT_ALLOW", "read", "write", "getpid"));
        Assert.Equal(Allow, BpfInterpreter.Run(program, 0));
        Assert.Equal(Allow, BpfInterpreter.Run(program, 1));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 2));
        Assert.Equal(Allow, BpfInterpreter.Run(program, 39));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 38));
    }

    [Fact]
    public void EveryCallOfTheTable_IsAnsweredAlone()
    {
        foreach ((string name, int number) in SyscallTable.X86_64.Numbers)
        {
            byte[] program = Compile(new SeccompProfile { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [Rule("SCMP_ACT_KILL_PROCESS", name)] });
            Assert.Equal(0x80000000, BpfInterpreter.Run(program, number));
            Assert.Equal(Allow, BpfInterpreter.Run(program, number + 1));
            Assert.Equal(Allow, BpfInterpreter.Run(program, number - 1 < 0 ? 500 : number - 1));
        }
    }

    [Theory]
    [InlineData("SCMP_ACT_KILL", null, 0u)]
    [InlineData("SCMP_ACT_KILL_THREAD", null, 0u)]
    [InlineData("SCMP_ACT_KILL_PROCESS", null, 0x80000000u)]
    [InlineData("SCMP_ACT_TRAP", null, 0x00030000u)]
    [InlineData("SCMP_ACT_ERRNO", null, 0x00050001u)]
    [InlineData("SCMP_ACT_ERRNO", 38u, 0x00050026u)]
    [InlineData("SCMP_ACT_ERRNO", 0u, 0x00050000u)]
    [InlineData("SCMP_ACT_TRACE", 7u, 0x7ff00007u)]
    [InlineData("SCMP_ACT_LOG", null, 0x7ffc0000u)]
    public void Action_GivesTheKernelsReturnValue(string action, uint? errno, uint expected)
    {
        byte[] program = Compile(new SeccompProfile
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls = [new SeccompRule { Names = ["getpid"], Action = action, ErrnoReturn = errno }],
        });
        Assert.Equal(expected, BpfInterpreter.Run(program, 39));
    }

    [Theory]
    [InlineData("SCMP_CMP_EQ")]
    [InlineData("SCMP_CMP_NE")]
    [InlineData("SCMP_CMP_GT")]
    [InlineData("SCMP_CMP_GE")]
    [InlineData("SCMP_CMP_LT")]
    [InlineData("SCMP_CMP_LE")]
    public void Comparison_IsUnsignedOver64Bits(string op)
    {
        ulong[] interesting = [0, 1, 5, 6, 0xffffffff, 0x100000000, 0x100000005, 0x500000000, 0x7fffffffffffffff, ulong.MaxValue - 1, ulong.MaxValue];
        foreach (ulong value in interesting)
        {
            byte[] program = Compile(Rule("SCMP_ACT_ALLOW", "getpid") with { Arguments = [new SeccompArgument(2, value, 0, op)] });
            foreach (ulong argument in interesting)
            {
                bool holds = op switch
                {
                    "SCMP_CMP_EQ" => argument == value,
                    "SCMP_CMP_NE" => argument != value,
                    "SCMP_CMP_GT" => argument > value,
                    "SCMP_CMP_GE" => argument >= value,
                    "SCMP_CMP_LT" => argument < value,
                    _ => argument <= value,
                };
                Assert.Equal(holds ? Allow : Errno | 1, BpfInterpreter.Run(program, 39, 9, 9, argument));
            }
        }
    }

    [Fact]
    public void MaskedEquality_ComparesOnlyTheMaskedBits()
    {
        // The rule of the usual profiles: clone without any namespace flag.
        byte[] program = Compile(Rule("SCMP_ACT_ALLOW", "clone") with { Arguments = [new SeccompArgument(0, 0x7e020000, 0, "SCMP_CMP_MASKED_EQ")] });
        Assert.Equal(Allow, BpfInterpreter.Run(program, 56, 0x01200011));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 56, 0x10000000));
        Assert.Equal(Allow, BpfInterpreter.Run(program, 56, 0x7e02000000000000));
    }

    [Fact]
    public void ConditionsOfOneRule_HoldTogether()
    {
        byte[] program = Compile(Rule("SCMP_ACT_ALLOW", "socket") with
        {
            Arguments = [new SeccompArgument(0, 16, 0, "SCMP_CMP_EQ"), new SeccompArgument(2, 9, 0, "SCMP_CMP_NE")],
        });
        Assert.Equal(Allow, BpfInterpreter.Run(program, 41, 16, 0, 0));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 41, 16, 0, 9));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 41, 2, 0, 0));
    }

    [Fact]
    public void SeveralRulesOfOneCall_AreAlternatives()
    {
        byte[] program = Compile(
            Rule("SCMP_ACT_ALLOW", "personality") with { Arguments = [new SeccompArgument(0, 0, 0, "SCMP_CMP_EQ")] },
            Rule("SCMP_ACT_ALLOW", "personality") with { Arguments = [new SeccompArgument(0, 0x20008, 0, "SCMP_CMP_EQ")] });
        Assert.Equal(Allow, BpfInterpreter.Run(program, 135, 0));
        Assert.Equal(Allow, BpfInterpreter.Run(program, 135, 0x20008));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 135, 8));
    }

    [Fact]
    public void TwoConditionsOnOneArgument_AreAlternativesAsInRunc()
    {
        byte[] program = Compile(Rule("SCMP_ACT_ALLOW", "personality") with
        {
            Arguments = [new SeccompArgument(0, 0, 0, "SCMP_CMP_EQ"), new SeccompArgument(0, 8, 0, "SCMP_CMP_EQ")],
        });
        Assert.Equal(Allow, BpfInterpreter.Run(program, 135, 8));
    }

    [Fact]
    public void RuleWithoutConditions_WinsWhereverItStands()
    {
        SeccompRule conditional = Rule("SCMP_ACT_ALLOW", "clone") with { Arguments = [new SeccompArgument(0, 0, 0, "SCMP_CMP_EQ")] };
        SeccompRule plain = Rule("SCMP_ACT_KILL", "clone");
        Assert.Equal(KillThread, BpfInterpreter.Run(Compile(conditional, plain), 56, 0));
        Assert.Equal(KillThread, BpfInterpreter.Run(Compile(plain, conditional), 56, 0));
    }

    [Fact]
    public void RuleWithTheDefaultAction_ChangesNothing()
    {
        SeccompRule redundant = Rule("SCMP_ACT_ERRNO", "clone");
        SeccompRule conditional = Rule("SCMP_ACT_ALLOW", "clone") with { Arguments = [new SeccompArgument(0, 0, 0, "SCMP_CMP_EQ")] };
        Assert.Equal(Allow, BpfInterpreter.Run(Compile(conditional, redundant), 56, 0));
    }

    [Fact]
    public void CallsNewerThanTheProfile_GetEnosys()
    {
        SeccompProfile profile = new() { DefaultAction = "SCMP_ACT_ERRNO", Architectures = ["SCMP_ARCH_X86_64"], Syscalls = [Rule("SCMP_ACT_ALLOW", "read", "clone3")] };
        byte[] program = Compile(profile);
        Assert.Equal(Allow, BpfInterpreter.Run(program, 435));
        Assert.Equal(Errno | 38, BpfInterpreter.Run(program, 436));
        Assert.Equal(Errno | 38, BpfInterpreter.Run(program, 100000));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 434));
        Assert.Equal(Errno | 38, BpfInterpreter.Run(Compile(profile with { DefaultErrnoReturn = 38 }), 434));
        Assert.Equal(0x7ffc0000u, BpfInterpreter.Run(Compile(profile with { DefaultAction = "SCMP_ACT_LOG" }), 436));
    }

    [Fact]
    public void ForeignArchitecture_KillsTheThread() =>
        Assert.Equal(KillThread, BpfInterpreter.RunOn(0xc00000b7, Compile(Rule("SCMP_ACT_ALLOW", "read")), 0));

    [Fact]
    public void X32Calls_NeverRun()
    {
        SeccompProfile profile = new() { DefaultAction = "SCMP_ACT_ALLOW" };
        Assert.Equal(KillThread, BpfInterpreter.RunOn(BpfInterpreter.X86_64, Compile(profile), 0x40000000));
        byte[] withX32 = Compile(profile with { Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"] });
        Assert.Equal(Errno | 38, BpfInterpreter.RunOn(BpfInterpreter.X86_64, withX32, 0x40000001));
        Assert.Equal(Errno | 38, BpfInterpreter.RunOn(BpfInterpreter.X86_64, Compile(profile), uint.MaxValue));
    }

    [Fact]
    public void ThirtyTwoBitPrograms_AreFilteredByTheirOwnNumbersWhenListed()
    {
        SeccompProfile profile = new()
        {
            DefaultAction = "SCMP_ACT_ERRNO",
            Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
            Syscalls = [Rule("SCMP_ACT_ALLOW", "getpid"), Rule("SCMP_ACT_ALLOW", "clone") with { Arguments = [new SeccompArgument(0, ulong.MaxValue, 0, "SCMP_CMP_EQ")] }],
        };
        byte[] program = Compile(profile);
        Assert.Equal(Allow, BpfInterpreter.RunOn(BpfInterpreter.I386, program, 20));
        Assert.Equal(Errno | 1, BpfInterpreter.RunOn(BpfInterpreter.I386, program, 39));
        Assert.Equal(Allow, BpfInterpreter.RunOn(BpfInterpreter.I386, program, 120, 0xffffffff));
        Assert.Equal(Allow, BpfInterpreter.Run(program, 39));
        Assert.Equal(Errno | 1, BpfInterpreter.Run(program, 20));
    }

    [Fact]
    public void HugeProfile_JumpsFurtherThan255Instructions()
    {
        string[] names = [.. SyscallTable.X86_64.Numbers.Keys];
        SeccompRule[] rules = [.. names.Select((name, i) => Rule("SCMP_ACT_ALLOW", name) with { Arguments = [new SeccompArgument(0, (ulong)i << 31, 0, "SCMP_CMP_EQ")] })];
        byte[] program = Compile(rules);
        Assert.True(program.Length / 8 > 255 * 4);
        for (int i = 0; i < names.Length; i++)
        {
            int number = SyscallTable.X86_64.Numbers[names[i]];
            Assert.Equal(Allow, BpfInterpreter.Run(program, number, (ulong)i << 31));
            Assert.Equal(Errno | 1, BpfInterpreter.Run(program, number, ((ulong)i << 31) + 1));
        }
    }

    [Fact]
    public void ProfileBeyondTheKernelsLimit_IsRefused()
    {
        SeccompRule[] rules = [.. Enumerable.Range(0, 2000).Select(i => Rule("SCMP_ACT_ALLOW", "ioctl") with { Arguments = [new SeccompArgument(1, (ulong)i, 0, "SCMP_CMP_EQ")] })];
        Assert.Equal(FailureKind.ResourceExhausted, Assert.Throws<SkerryException>(() => Compile(rules)).Kind);
    }

    [Fact]
    public void UnknownCalls_AreIgnoredAndListed()
    {
        SeccompFilter filter = SeccompCompiler.Compile(Profile(Rule("SCMP_ACT_ALLOW", "read", "frobnicate", "frobnicate")));
        Assert.Equal(["frobnicate"], filter.IgnoredNames);
    }

    [Fact]
    public void Flags_BecomeBits()
    {
        SeccompProfile profile = Profile();
        Assert.Equal(4u, SeccompCompiler.Compile(profile).Flags);
        Assert.Equal(0u, SeccompCompiler.Compile(profile with { Flags = [] }).Flags);
        Assert.Equal(6u, SeccompCompiler.Compile(profile with { Flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"] }).Flags);
    }

    public static TheoryData<SeccompProfile, string> BadProfiles => new()
    {
        { new SeccompProfile { DefaultAction = "allow" }, "action \"allow\"" },
        { Profile() with { Architectures = ["SCMP_ARCH_Z80"] }, "SCMP_ARCH_Z80" },
        { Profile() with { Flags = ["FLAG"] }, "flag \"FLAG\"" },
        { Profile(Rule("SCMP_ACT_ALLOW")), "names no system call" },
        { Profile(Rule("SCMP_ACT_WHAT", "read")), "SCMP_ACT_WHAT" },
        { Profile(Rule("SCMP_ACT_NOTIFY", "read")), "SCMP_ACT_NOTIFY" },
        { Profile(Rule("SCMP_ACT_ALLOW", "read") with { Arguments = [new SeccompArgument(6, 0, 0, "SCMP_CMP_EQ")] }), "argument 6" },
        { Profile(Rule("SCMP_ACT_ALLOW", "read") with { Arguments = [new SeccompArgument(0, 0, 0, "EQ")] }), "operator \"EQ\"" },
    };

    [Theory]
    [MemberData(nameof(BadProfiles), DisableDiscoveryEnumeration = true)]
    public void BadProfile_ErrorNamesThePart(SeccompProfile profile, string part) =>
        Assert.Contains(part, Assert.Throws<SkerryException>(() => SeccompCompiler.Compile(profile)).Message, StringComparison.Ordinal);

    private static SeccompRule Rule(string action, params string[] names) => new() { Names = names, Action = action };

    private static SeccompProfile Profile(params SeccompRule[] rules) => new() { DefaultAction = "SCMP_ACT_ERRNO", Syscalls = rules };

    private static byte[] Compile(params SeccompRule[] rules) => Compile(Profile(rules));

    private static byte[] Compile(SeccompProfile profile) => SeccompCompiler.Compile(profile).Program;
}
