using System.Buffers.Binary;

namespace Skerry.Bench.Guests;

/// <summary>What a guest has executed so far, as <c>counter.c</c> counts it: numbers that no other load of the machine changes.</summary>
/// <param name="Firmware">Instructions of the firmware.</param>
/// <param name="Entry">Instructions of what unpacks the kernel, and of the kernel before it runs at its own address.</param>
/// <param name="Kernel">Instructions of the kernel.</param>
/// <param name="Programs">Instructions of programs.</param>
/// <param name="KernelBeforeInit">Those of the kernel before the first program.</param>
/// <param name="Translated">Blocks of code that the emulator translated.</param>
/// <param name="TranslatedBeforeInit">Those translated before the first program.</param>
public sealed record GuestCounters(ulong Firmware, ulong Entry, ulong Kernel, ulong Programs, ulong KernelBeforeInit, ulong Translated, ulong TranslatedBeforeInit)
{
    private const int Count = 7;

    public ulong Instructions => Firmware + Entry + Kernel + Programs;

    public ulong InstructionsBeforeInit => Firmware + Entry + KernelBeforeInit;

    /// <summary>Reads the file that the plug-in keeps mapped.</summary>
    public static GuestCounters Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        ulong[] numbers = [.. Enumerable.Range(0, Count).Select(index => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(index * sizeof(ulong))))];
        return new GuestCounters(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }
}
