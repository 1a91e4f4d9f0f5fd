using System.Text;

namespace Skerry.Hypervisor.Tests;

public sealed class ConsoleRingTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Flood_KeepsTheEndWithinTheLimit()
    {
        using var ring = ConsoleRing.Open(_scratch.Path, 8192);
        for (int i = 0; i < 100_000; i++)
        {
            ring.Append(Encoding.ASCII.GetBytes($"line {i}\n"));
            if (i % 1000 == 0)
            {
                Assert.True(Directory.GetFiles(_scratch.Path).Sum(file => new FileInfo(file).Length) <= 8192);
            }
        }

        string tail = ring.Tail(8192);
        Assert.True(tail.Length >= 4000, "at least half the limit stays readable");
        Assert.EndsWith("line 99998\nline 99999\n", tail, StringComparison.Ordinal);
        Assert.Equal("99999\n", ring.Tail(6));
        Assert.Equal(0, ring.DroppedBytes);
    }

    [Fact]
    public void OneLargeWrite_LeavesItsEnd()
    {
        using var ring = ConsoleRing.Open(_scratch.Path, 1024);
        ring.Append(Encoding.ASCII.GetBytes(new string('a', 100_000) + "end"));
        Assert.EndsWith("aaaend", ring.Tail(1024), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherProcess_CanReadTheTail()
    {
        using (var ring = ConsoleRing.Open(_scratch.Path, 1024))
        {
            ring.Append("last words"u8);
        }

        Assert.Equal("last words", ConsoleRing.ReadTail(_scratch.Path, 100));
        Assert.Equal(string.Empty, ConsoleRing.ReadTail(_scratch["nowhere"], 100));
    }

    [Fact]
    public void TerminalControl_IsTakenOut()
    {
        using var ring = ConsoleRing.Open(_scratch.Path, 1024);
        ring.Append("a\e[31mred\e[0m\r\nb\e]0;title\ac\0\x01"u8);
        Assert.Equal("ared\nb]0;title?c?", ring.Tail(1024));
    }

    [Fact]
    public void DeletedDirectory_CostsTheTextOnly()
    {
        string directory = Directory.CreateDirectory(_scratch["gone"]).FullName;
        using var ring = ConsoleRing.Open(directory, 512);
        Directory.Delete(directory, recursive: true);
        ring.Append(new byte[10_000]);
        Assert.Equal(string.Empty, ring.Tail(100));
    }

    [Fact]
    public void MissingDirectory_ErrorNamesThePath()
    {
        var error = Assert.Throws<HypervisorException>(() => ConsoleRing.Open(_scratch["missing"], 1024));
        Assert.Contains("missing/console.log", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FullDisk_DropsAndCounts()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this machine has no /dev/full");
        File.CreateSymbolicLink(_scratch["console.log"], "/dev/full");
        using var ring = ConsoleRing.Open(_scratch.Path, 1024);
        ring.Append(new byte[100]);
        Assert.Equal(100, ring.DroppedBytes);
    }
}
