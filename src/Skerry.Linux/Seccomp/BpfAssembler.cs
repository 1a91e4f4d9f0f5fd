using Skerry.Core;

namespace Skerry.Linux.Seccomp;

/// <summary>
/// Assembles classic BPF from the last instruction to the first.
/// </summary>
/// <remarks>
/// Classic BPF jumps only forwards, and a conditional jump reaches at most 255 instructions. Written backwards, every target
/// exists already when a jump to it is emitted, so its distance is known at once; a target that is too far away gets an
/// unconditional jump (32 bits) put between. A label is the number of instructions from its own to the end of the program.
/// </remarks>
internal sealed class BpfAssembler
{
    /// <summary>BPF_MAXINSNS: the kernel refuses longer programs.</summary>
    private const int MaxInstructions = 4096;

    private readonly List<BpfInstruction> _reversed = [];
    private readonly Dictionary<uint, int> _returns = [];
    private readonly Dictionary<int, int> _nearestJumps = [];

    /// <summary>A return of <paramref name="value"/>; made once, then shared.</summary>
    internal int Return(uint value)
    {
        if (!_returns.TryGetValue(value, out int label))
        {
            label = Emit(new BpfInstruction(BpfInstruction.BPF_RET_K, 0, 0, value));
            _returns.Add(value, label);
        }

        return label;
    }

    /// <summary>Loads the word at <paramref name="offset"/> of seccomp_data, then goes on at <paramref name="next"/>.</summary>
    internal int Load(uint offset, int next)
    {
        FallInto(next);
        return Emit(new BpfInstruction(BpfInstruction.BPF_LD_W_ABS, 0, 0, offset));
    }

    /// <summary>Masks the loaded word, then goes on at <paramref name="next"/>.</summary>
    internal int And(uint mask, int next)
    {
        FallInto(next);
        return Emit(new BpfInstruction(BpfInstruction.BPF_ALU_AND_K, 0, 0, mask));
    }

    /// <summary>Compares the loaded word with <paramref name="value"/> by a BPF_JMP code.</summary>
    internal int Branch(ushort code, uint value, int whenTrue, int whenFalse)
    {
        // One place is kept for the jump that the other target may need, hence the smaller reach of the first.
        int nearTrue = Reachable(whenTrue, 254);
        int nearFalse = Reachable(whenFalse, 255);
        return Emit(new BpfInstruction(code, Distance(nearTrue), Distance(nearFalse), value));
    }

    /// <summary>The program, first instruction first.</summary>
    /// <exception cref="SkerryException">ResourceExhausted: longer than the kernel takes.</exception>
    internal byte[] ToProgram(int start)
    {
        FallInto(start);
        if (_reversed.Count > MaxInstructions)
        {
            throw new SkerryException(
                FailureKind.ResourceExhausted,
                $"the seccomp profile needs {_reversed.Count} instructions, the kernel takes {MaxInstructions}",
                "use fewer rules with argument conditions");
        }

        var program = new byte[_reversed.Count * BpfInstruction.SizeBytes];
        for (int i = 0; i < _reversed.Count; i++)
        {
            _reversed[^(i + 1)].WriteTo(program.AsSpan(i * BpfInstruction.SizeBytes));
        }

        return program;
    }

    private int Emit(BpfInstruction instruction)
    {
        _reversed.Add(instruction);
        return _reversed.Count;
    }

    private void FallInto(int label)
    {
        if (label != _reversed.Count)
        {
            Jump(label);
        }
    }

    private int Jump(int label) => Emit(new BpfInstruction(BpfInstruction.BPF_JMP_JA, 0, 0, (uint)(_reversed.Count - label)));

    /// <summary>A label within reach that leads to <paramref name="label"/>: itself, the last jump to it, or a new one.</summary>
    private int Reachable(int label, int reach)
    {
        int nearest = _nearestJumps.GetValueOrDefault(label, label);
        if (_reversed.Count - nearest > reach)
        {
            nearest = Jump(label);
            _nearestJumps[label] = nearest;
        }

        return nearest;
    }

    private byte Distance(int label) => checked((byte)(_reversed.Count - label));
}
