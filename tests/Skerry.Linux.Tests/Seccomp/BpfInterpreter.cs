using System.Buffers.Binary;

namespace Skerry.Linux.Tests.Seccomp;

/// <summary>Runs a classic BPF program as the kernel does for seccomp, checking what its verifier checks.</summary>
internal static class BpfInterpreter
{
    internal const uint X86_64 = 0xc000003e;
    internal const uint I386 = 0x40000003;

    internal static uint Run(byte[] program, int number, params ulong[] arguments) => RunOn(X86_64, program, unchecked((uint)number), arguments);

    /// <summary>How many instructions the last run on this thread took.</summary>
    [ThreadStatic]
    internal static int Steps;

    internal static uint RunOn(uint architecture, byte[] program, uint number, params ulong[] arguments)
    {
        Steps = 0;
        byte[] data = SeccompData(architecture, number, arguments);
        uint accumulator = 0;
        for (int pc = 0; ;)
        {
            Assert.InRange(pc, 0, (program.Length / 8) - 1);
            ReadOnlySpan<byte> instruction = program.AsSpan(pc * 8, 8);
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(instruction);
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            pc++;
            Steps++;
            switch (code)
            {
                case 0x20:
                    Assert.True(k % 4 == 0 && k < 64, "load outside seccomp_data");
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)k));
                    break;
                case 0x54: accumulator &= k; break;
                case 0x05: pc += (int)k; break;
                case 0x15: pc += instruction[accumulator == k ? 2 : 3]; break;
                case 0x25: pc += instruction[accumulator > k ? 2 : 3]; break;
                case 0x35: pc += instruction[accumulator >= k ? 2 : 3]; break;
                case 0x45: pc += instruction[(accumulator & k) != 0 ? 2 : 3]; break;
                case 0x06: return k;
                default: Assert.Fail($"instruction {code:x} is not known"); break;
            }
        }
    }

    private static byte[] SeccompData(uint architecture, uint number, ulong[] arguments)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture);
        for (int i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16 + (i * 8)), arguments[i]);
        }

        return data;
    }
}
