using System.Buffers.Binary;

namespace Skerry.Fuzz;

/// <summary>Makes inputs out of seeds. The same seed and iteration give the same input, whatever ran before.</summary>
internal sealed class Mutator(IFuzzTarget target, int seed)
{
    private static readonly uint[] Edges = [0, 1, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x10001, 4 << 20, (4 << 20) + 1, 0x7FFFFFFF, 0x80000000, uint.MaxValue];

    /// <summary>The input of <paramref name="iteration"/>; the first ones are the seeds as they are.</summary>
    internal byte[] Make(int iteration)
    {
        if (iteration < target.Seeds.Count)
        {
            return target.Seeds[iteration];
        }

        var random = new Random(unchecked((seed * 486187739) ^ (iteration * 16777619)));
        var input = new List<byte>(Pick(random, target.Seeds));
        int steps = 1 << random.Next(6);
        for (int i = 0; i < steps; i++)
        {
            Mutate(input, random);
        }

        int length = Math.Min(input.Count, target.MaxInputBytes);
        return [.. input.Take(length)];
    }

    private void Mutate(List<byte> input, Random random)
    {
        int at = random.Next(input.Count + 1);
        int length = random.Next(1, 17);
        switch (random.Next(10))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2:
                input.InsertRange(at, Bytes(random, length));
                break;
            case 3:
                input.RemoveRange(at, Math.Min(length, input.Count - at));
                break;
            case 4:
                Overwrite(input, at, Edge(random));
                break;
            case 5:
                input.InsertRange(at, Edge(random));
                break;
            case 6 when target.Words.Count > 0:
                input.InsertRange(at, Pick(random, target.Words));
                break;
            case 7:
                input.InsertRange(at, [.. input.Skip(random.Next(input.Count + 1)).Take(length * 8)]);
                break;
            case 8:
                Splice(input, at, Pick(random, target.Seeds), random);
                break;
            case 9 when random.Next(4) == 0:
                input.RemoveRange(at, input.Count - at);
                break;
        }
    }

    private static void Splice(List<byte> input, int at, byte[] other, Random random)
    {
        input.RemoveRange(at, input.Count - at);
        input.AddRange(other.AsSpan(random.Next(other.Length + 1)).ToArray());
    }

    private static void Overwrite(List<byte> input, int at, byte[] bytes)
    {
        input.RemoveRange(at, Math.Min(bytes.Length, input.Count - at));
        input.InsertRange(at, bytes);
    }

    /// <summary>A number at the edge of something, 1 to 4 bytes, of either byte order.</summary>
    private static byte[] Edge(Random random)
    {
        byte[] bytes = new byte[4];
        uint value = Edges[random.Next(Edges.Length)] + (uint)random.Next(-1, 2);
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            return bytes[..(1 << random.Next(3))];
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes[^(1 << random.Next(3))..];
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Pick(Random random, IReadOnlyList<byte[]> list) => list[random.Next(list.Count)];
}
