using System.Runtime.InteropServices;
using Skerry.Linux.Seccomp;

namespace Skerry.Linux.Tests.Seccomp;

/// <summary>Random profiles compiled by us and by libseccomp have to give the same answers.</summary>
public sealed class LibseccompComparisonTests
{
    private const uint Allow = 0x7fff0000;
    private const uint Deny = 0x00050001;

    private static readonly string[] Operators =
    [
        "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
    ];

    private static readonly ulong[] Values = [0, 1, 2, 9, 0x40, 0xff, 0x7fffffff, 0xffffffff, 0x100000000, 0x100000009, 0x4000000000, ulong.MaxValue];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomProfiles_DecideAsLibseccompDoes(int seed)
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libseccomp.so.2", out _), "libseccomp.so.2 is not installed");
        var random = new Random(seed);
        for (int round = 0; round < 40; round++)
        {
            SeccompRule[] rules = RandomRules(random);
            byte[] ours = SeccompCompiler.Compile(new SeccompProfile { DefaultAction = "SCMP_ACT_ERRNO", Syscalls = rules }).Program;
            byte[] theirs = CompileByLibrary(rules);
            foreach (int number in rules.Select(r => SyscallTable.X86_64.Numbers[r.Names[0]]).Append(39).Distinct())
            {
                for (int call = 0; call < 60; call++)
                {
                    ulong[] arguments = [.. Enumerable.Range(0, 6).Select(_ => Values[random.Next(Values.Length)])];
                    uint expected = BpfInterpreter.Run(theirs, number, arguments);
                    uint actual = BpfInterpreter.Run(ours, number, arguments);
                    Assert.True(expected == actual, $"call {number}({string.Join(", ", arguments.Select(a => a.ToString("x")))}): {actual:x}, libseccomp says {expected:x}; rules: {string.Join(" | ", rules.Select(r => r.Names[0] + " " + string.Join(" & ", r.Arguments)))}");
                }
            }
        }
    }

    private static SeccompRule[] RandomRules(Random random)
    {
        string[] names = ["read", "socket", "clone", "ioctl", "openat2", "personality"];
        return [.. Enumerable.Range(0, random.Next(1, 7)).Select(i => new SeccompRule
        {
            Names = [names[random.Next(names.Length)]],
            Action = "SCMP_ACT_ALLOW",
            Arguments = [.. Enumerable.Range(0, 6).OrderBy(_ => random.Next()).Take(random.Next(0, 3)).Select(index => RandomArgument(random, (uint)index))],
        })];
    }

    private static SeccompArgument RandomArgument(Random random, uint index)
    {
        string op = Operators[random.Next(Operators.Length)];
        ulong value = Values[random.Next(Values.Length)];
        return new SeccompArgument(index, value, op == "SCMP_CMP_MASKED_EQ" ? Values[random.Next(Values.Length)] & value : 0, op);
    }

    private static byte[] CompileByLibrary(SeccompRule[] rules)
    {
        IntPtr context = seccomp_init(Deny);
        string file = Path.GetTempFileName();
        try
        {
            foreach (SeccompRule rule in rules)
            {
                Comparison[] comparisons = [.. rule.Arguments.Select(a => new Comparison(a.Index, Array.IndexOf(Operators, a.Operator) + 1, a.Value, a.ValueTwo))];
                Assert.Equal(0, seccomp_rule_add_array(context, Allow, SyscallTable.X86_64.Numbers[rule.Names[0]], (uint)comparisons.Length, comparisons));
            }

            using (FileStream stream = File.OpenWrite(file))
            {
                Assert.Equal(0, seccomp_export_bpf(context, (int)stream.SafeFileHandle.DangerousGetHandle()));
            }

            return File.ReadAllBytes(file);
        }
        finally
        {
            seccomp_release(context);
            File.Delete(file);
        }
    }

#pragma warning disable SYSLIB1054, CA1401, CA5392, SA1300 // A peer used by this test alone.
    [DllImport("libseccomp.so.2")]
    private static extern IntPtr seccomp_init(uint defaultAction);

    [DllImport("libseccomp.so.2")]
    private static extern void seccomp_release(IntPtr context);

    [DllImport("libseccomp.so.2")]
    private static extern int seccomp_rule_add_array(IntPtr context, uint action, int number, uint count, Comparison[] comparisons);

    [DllImport("libseccomp.so.2")]
    private static extern int seccomp_export_bpf(IntPtr context, int descriptor);
#pragma warning restore SYSLIB1054, CA1401, CA5392, SA1300

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Comparison(uint Argument, int Operator, ulong Value, ulong ValueTwo);
}
