using Skerry.Linux.Seccomp;

namespace Skerry.Linux.Tests.Seccomp;

/// <summary>Filters set in a real child: the kernel's verifier and the kernel's answer.</summary>
public sealed class SeccompInstallTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public SeccompInstallTests() => Busybox.Require();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RefusedCall_FailsWithTheErrnoOfTheProfile(bool noNewPrivileges)
    {
        SeccompProfile profile = new()
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls = [new SeccompRule { Names = ["mkdir", "mkdirat"], Action = "SCMP_ACT_ERRNO", ErrnoReturn = (uint)Errno.EDQUOT }],
        };
        Assert.Equal("mkdir: can't create directory 'x': Disk quota exceeded\n1\n", await RunAsync(profile, "mkdir x 2>&1; echo $?", noNewPrivileges));
    }

    [Fact]
    public async Task AllowList_RunsAShellAndRefusesTheRest()
    {
        SeccompProfile profile = UsualProfile();
        Assert.Equal("hello\nln: b: Operation not permitted\n1\n", await RunAsync(profile, "echo hello; ln -s a b 2>&1; echo $?", noNewPrivileges: true));
    }

    [Fact]
    public async Task ArgumentCondition_TellsCallsApart()
    {
        SeccompProfile profile = new()
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls =
            [
                new SeccompRule
                {
                    Names = ["chmod"],
                    Action = "SCMP_ACT_ERRNO",
                    Arguments = [new SeccompArgument(1, 0b010, 0b010, "SCMP_CMP_MASKED_EQ")],
                },
            ],
        };
        Assert.Equal(
            "0\nchmod: f: Operation not permitted\n1\n",
            await RunAsync(profile, "touch f; chmod 0700 f; echo $?; chmod 0702 f 2>&1; echo $?", noNewPrivileges: true));
    }

    [Fact]
    public async Task KilledProcess_EndsBySigsys()
    {
        SeccompProfile profile = new()
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls = [new SeccompRule { Names = ["symlink", "symlinkat"], Action = "SCMP_ACT_KILL_PROCESS" }],
        };
        Assert.Equal("Bad system call\n159\n", await RunAsync(profile, "(ln -s a b) 2>/dev/null; echo $?", noNewPrivileges: true));
    }

    [Fact]
    public async Task LongestProgramWithFarJumps_PassesTheKernelsVerifier()
    {
        SeccompRule[] rules = [.. SyscallTable.X86_64.Numbers.Keys.Select((name, i) => new SeccompRule
        {
            Names = [name],
            Action = "SCMP_ACT_ERRNO",
            Arguments = [new SeccompArgument(5, 0xdead_beef_0000_0000 + (ulong)i, 0, "SCMP_CMP_EQ")],
        })];
        SeccompProfile profile = new() { DefaultAction = "SCMP_ACT_ALLOW", Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], Syscalls = rules };
        Assert.InRange(SeccompCompiler.Compile(profile).InstructionCount, 2000, 4096);
        Assert.Equal("fine\n", await RunAsync(profile, "echo fine", noNewPrivileges: true));
    }

    [Fact]
    public void UsualProfile_IsAnsweredInFewSteps()
    {
        SeccompFilter filter = SeccompCompiler.Compile(UsualProfile());
        int worst = 0;
        foreach (int number in SyscallTable.X86_64.Numbers.Values)
        {
            BpfInterpreter.Run(filter.Program, number);
            worst = Math.Max(worst, BpfInterpreter.Steps);
        }

        TestContext.Current.SendDiagnosticMessage($"{filter.InstructionCount} instructions, at most {worst} steps a call");
        Assert.InRange(worst, 5, 24);
    }

    /// <summary>The shape of a container manager's profile: a long allow list, without what a container has no business with.</summary>
    private static SeccompProfile UsualProfile()
    {
        string[] refused =
        [
            "symlink", "symlinkat", "acct", "add_key", "bpf", "clock_adjtime", "clock_settime", "create_module", "delete_module", "finit_module", "fsconfig",
            "fsmount", "fsopen", "fspick", "get_kernel_syms", "init_module", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl",
            "lookup_dcookie", "mbind", "mount", "mount_setattr", "move_mount", "move_pages", "nfsservctl", "open_by_handle_at", "open_tree",
            "perf_event_open", "pivot_root", "process_vm_readv", "query_module", "quotactl", "reboot", "request_key", "setns", "swapon", "swapoff",
            "sysfs", "_sysctl", "umount2", "unshare", "uselib", "userfaultfd", "ustat", "vhangup", "clone", "personality",
        ];
        return new SeccompProfile
        {
            DefaultAction = "SCMP_ACT_ERRNO",
            Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"],
            Syscalls =
            [
                new SeccompRule { Names = [.. SyscallTable.X86_64.Numbers.Keys.Except(refused)], Action = "SCMP_ACT_ALLOW" },
                new SeccompRule { Names = ["personality"], Action = "SCMP_ACT_ALLOW", Arguments = [new SeccompArgument(0, 0, 0, "SCMP_CMP_EQ")] },
                new SeccompRule { Names = ["personality"], Action = "SCMP_ACT_ALLOW", Arguments = [new SeccompArgument(0, 8, 0, "SCMP_CMP_EQ")] },
                new SeccompRule { Names = ["clone"], Action = "SCMP_ACT_ALLOW", Arguments = [new SeccompArgument(0, 0x7e020000, 0, "SCMP_CMP_MASKED_EQ")] },
            ],
        };
    }

    private async Task<string> RunAsync(SeccompProfile profile, string script, bool noNewPrivileges)
    {
        SeccompFilter filter = SeccompCompiler.Compile(profile);
        SpawnRequest request = Busybox.Shell(script) with
        {
            WorkingDirectory = _directory.Path,
            NoNewPrivileges = noNewPrivileges,
            SeccompFilter = filter.Program,
            SeccompFlags = filter.Flags,
        };
        return await Busybox.OutputAsync(request);
    }
}
