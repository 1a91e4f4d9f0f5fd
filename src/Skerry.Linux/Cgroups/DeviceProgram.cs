using System.Buffers.Binary;

namespace Skerry.Linux.Cgroups;

/// <summary>
/// Compiles device rules to eBPF, since cgroup v2 has no device files: the kernel runs the program at every open and mknod.
/// </summary>
/// <remarks>
/// The program gets struct bpf_cgroup_dev_ctx: access (upper 16 bits) with type (lower 16), major, minor. It goes through the rules
/// from the last to the first and keeps in R2 the accesses nobody has decided yet. A rule that denies one of them ends it with 0; a
/// rule that allows takes its accesses off, and when none is left the answer is 1. What no rule decides is denied.
/// </remarks>
internal static class DeviceProgram
{
    internal const int InstructionBytes = 8;

    private const uint BPF_DEVCG_DEV_BLOCK = 1;
    private const uint BPF_DEVCG_DEV_CHAR = 2;
    private const uint BPF_DEVCG_ACC_MKNOD = 1;
    private const uint BPF_DEVCG_ACC_READ = 2;
    private const uint BPF_DEVCG_ACC_WRITE = 4;

    private const byte LoadWord = 0x61;
    private const byte MoveRegister = 0xbf;
    private const byte MoveConstant = 0xb7;
    private const byte AndConstant = 0x57;
    private const byte ShiftRight = 0x77;
    private const byte Jump = 0x05;
    private const byte JumpIfNotEqual = 0x55;
    private const byte JumpIfAnySet = 0x45;
    private const byte Exit = 0x95;

    private const byte Result = 0;
    private const byte Context = 1;
    private const byte Access = 2;
    private const byte Type = 3;
    private const byte Major = 4;
    private const byte Minor = 5;

    /// <summary>The program for <paramref name="rules"/>: an array of struct bpf_insn.</summary>
    internal static byte[] Compile(IReadOnlyList<DeviceRule> rules)
    {
        var code = new List<byte[]>
        {
            Instruction(LoadWord, Access, Context, 0, 0),
            Instruction(MoveRegister, Type, Access, 0, 0),
            Instruction(AndConstant, Type, 0, 0, 0xffff),
            Instruction(ShiftRight, Access, 0, 0, 16),
            Instruction(LoadWord, Major, Context, 4, 0),
            Instruction(LoadWord, Minor, Context, 8, 0),
        };
        foreach (DeviceRule rule in rules.Reverse())
        {
            AppendRule(code, rule);
        }

        code.Add(Instruction(MoveConstant, Result, 0, 0, 0));
        code.Add(Instruction(Exit, 0, 0, 0, 0));
        return [.. code.SelectMany(instruction => instruction)];
    }

    private static void AppendRule(List<byte[]> code, DeviceRule rule)
    {
        List<byte[]> decision = Decision(rule);
        List<(byte Register, uint Value)> conditions = [];
        if (rule.Type != 'a')
        {
            conditions.Add((Type, rule.Type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR));
        }

        if (rule.Major is uint major)
        {
            conditions.Add((Major, major));
        }

        if (rule.Minor is uint minor)
        {
            conditions.Add((Minor, minor));
        }

        for (int i = 0; i < conditions.Count; i++)
        {
            short behindRule = (short)(conditions.Count - i - 1 + decision.Count);
            code.Add(Instruction(JumpIfNotEqual, conditions[i].Register, 0, behindRule, conditions[i].Value));
        }

        code.AddRange(decision);
    }

    private static List<byte[]> Decision(DeviceRule rule)
    {
        uint bits = rule.Access.Aggregate(0u, (mask, letter) => mask | letter switch
        {
            'm' => BPF_DEVCG_ACC_MKNOD,
            'r' => BPF_DEVCG_ACC_READ,
            'w' => BPF_DEVCG_ACC_WRITE,
            _ => 0,
        });
        return rule.Allow
            ?
            [
                Instruction(AndConstant, Access, 0, 0, ~bits),
                Instruction(JumpIfNotEqual, Access, 0, 2, 0),
                Instruction(MoveConstant, Result, 0, 0, 1),
                Instruction(Exit, 0, 0, 0, 0),
            ]
            :
            [
                Instruction(JumpIfAnySet, Access, 0, 1, bits),
                Instruction(Jump, 0, 0, 2, 0),
                Instruction(MoveConstant, Result, 0, 0, 0),
                Instruction(Exit, 0, 0, 0, 0),
            ];
    }

    private static byte[] Instruction(byte code, byte destination, byte source, short offset, uint constant)
    {
        var bytes = new byte[InstructionBytes];
        bytes[0] = code;
        bytes[1] = (byte)(destination | (source << 4));
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2), offset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), constant);
        return bytes;
    }
}
