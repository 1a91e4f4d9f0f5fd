using System.Buffers.Binary;

namespace Skerry.Linux.Seccomp;

/// <summary>One instruction of classic BPF: <c>struct sock_filter</c> of include/uapi/linux/filter.h.</summary>
/// <param name="Code">Operation.</param>
/// <param name="JumpTrue">Instructions to skip when a condition holds.</param>
/// <param name="JumpFalse">Instructions to skip when it does not.</param>
/// <param name="Operand">The constant <c>k</c>.</param>
internal readonly record struct BpfInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand)
{
    internal const int SizeBytes = 8;

    internal const ushort BPF_LD_W_ABS = 0x20;
    internal const ushort BPF_ALU_AND_K = 0x54;
    internal const ushort BPF_JMP_JA = 0x05;
    internal const ushort BPF_JMP_JEQ_K = 0x15;
    internal const ushort BPF_JMP_JGT_K = 0x25;
    internal const ushort BPF_JMP_JGE_K = 0x35;
    internal const ushort BPF_RET_K = 0x06;

    /// <summary>Writes the eight bytes in host order, which for the architectures we know is little-endian.</summary>
    internal void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, Code);
        destination[2] = JumpTrue;
        destination[3] = JumpFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Operand);
    }
}
