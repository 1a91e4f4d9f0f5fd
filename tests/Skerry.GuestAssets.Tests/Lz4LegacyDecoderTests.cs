namespace Skerry.GuestAssets.Tests;

public sealed class Lz4LegacyDecoderTests
{
    [Fact]
    public void StoredBlocks_ComeBackAsTheyWere()
    {
        byte[] data = new byte[5000];
        new Random(1).NextBytes(data);
        var output = new byte[data.Length];
        Lz4LegacyDecoder.Decode(TestFiles.Lz4Stored(data), output);
        Assert.Equal(data, output);
    }

    [Fact]
    public void OverlappingMatch_RepeatsItsPattern()
    {
        // Literals "ab", then 8 bytes from a distance of 2.
        byte[] frame = [0x02, 0x21, 0x4c, 0x18, 5, 0, 0, 0, 0x24, (byte)'a', (byte)'b', 2, 0];
        var output = new byte[10];
        Lz4LegacyDecoder.Decode(frame, output);
        Assert.Equal("ababababab"u8.ToArray(), output);
    }

    [Theory]
    [InlineData("0221", "no magic")]
    [InlineData("02214c18", "no block")]
    [InlineData("02214c18ffffff7f00", "block longer than the frame")]
    [InlineData("02214c180200000024", "block cut off")]
    [InlineData("02214c180500000024616200ff", "distance before the start")]
    [InlineData("02214c1805000000246162ffff", "distance far before the start")]
    [InlineData("02214c18050000002461620000", "distance zero")]
    [InlineData("02214c1803000000f0ffff", "length cut off")]
    public void DamagedFrame_IsRefused(string hex, string why)
    {
        Assert.NotEmpty(why);
        Assert.Throws<InvalidDataException>(() => Lz4LegacyDecoder.Decode(Convert.FromHexString(hex), new byte[100]));
    }

    [Fact]
    public void AnyBytes_DecodeOrAreRefused()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            var frame = new byte[random.Next(4, 64)];
            random.NextBytes(frame);
            new byte[] { 0x02, 0x21, 0x4c, 0x18 }.CopyTo(frame, 0);
            if (frame.Length >= 8)
            {
                new byte[] { (byte)random.Next(64), 0, 0, 0 }.CopyTo(frame, 4);
            }

            try
            {
                Lz4LegacyDecoder.Decode(frame, new byte[random.Next(1, 300)]);
            }
            catch (InvalidDataException)
            {
                continue;
            }
        }
    }
}
