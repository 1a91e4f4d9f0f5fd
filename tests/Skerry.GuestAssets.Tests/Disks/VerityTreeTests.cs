using System.Text.RegularExpressions;
using Skerry.Core;
using Skerry.GuestAssets.Disks;

namespace Skerry.GuestAssets.Tests.Disks;

public sealed partial class VerityTreeTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(17000)]
    public async Task TreeAndRootHash_AreVeritysetups(int blocks)
    {
        Programs.Require("veritysetup");
        byte[] salt = [1, 2, 3, 4];
        byte[] data = Data(blocks);
        string dataFile = _scratch.File("data", data);
        string hashFile = Path.Combine(_scratch.Path, "hashes");
        string said = await Programs.RunAsync("veritysetup", "format", "--no-superblock", "--salt=01020304", dataFile, hashFile);
        (VerityParameters ours, byte[] tree) = await TreeAsync(data, salt);
        Assert.Equal(RootHash().Match(said).Groups[1].Value, ours.RootHash);
        Assert.Equal(blocks, ours.DataBlocks);
        if (blocks > 1)
        {
            byte[] theirs = await File.ReadAllBytesAsync(hashFile, TestContext.Current.CancellationToken);
            Assert.Equal(theirs.AsSpan(0, tree.Length).ToArray(), tree);
        }

        Assert.Equal(VerityTree.SizeFor(blocks), tree.Length);
    }

    [Fact]
    public async Task OneChangedByte_ChangesTheRootHash()
    {
        byte[] data = Data(300);
        (VerityParameters before, _) = await TreeAsync(data, []);
        data[200 * 4096] ^= 1;
        (VerityParameters after, _) = await TreeAsync(data, []);
        Assert.NotEqual(before.RootHash, after.RootHash);
    }

    [Fact]
    public async Task DataThatIsNoWholeBlocks_IsRefused() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => TreeAsync(new byte[5000], []));

    private static async Task<(VerityParameters Parameters, byte[] Tree)> TreeAsync(byte[] data, byte[] salt)
    {
        using var output = new MemoryStream();
        VerityParameters parameters = await VerityTree.WriteAsync(new MemoryStream(data), output, salt, TestContext.Current.CancellationToken);
        return (parameters, output.ToArray());
    }

    private static byte[] Data(int blocks)
    {
        var data = new byte[blocks * 4096];
        new Random(blocks).NextBytes(data);
        return data;
    }

    [GeneratedRegex(@"Root hash:\s+([0-9a-f]{64})")]
    private static partial Regex RootHash();
}
