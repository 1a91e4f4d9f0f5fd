namespace Skerry.Core.Tests;

public sealed class VerityParametersTests
{
    private const string Hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void WhatIsWritten_ReadsBack()
    {
        var written = new VerityParameters(Hash, "0a0b", 1681, 4096, 1024);
        Assert.True(VerityParameters.TryParse(written.ToString(), out VerityParameters? read, out _));
        Assert.Equal(written, read);
    }

    [Fact]
    public void Kata_MayLeaveTheBlockSizesOut_AndSpacesIn()
    {
        Assert.True(VerityParameters.TryParse($"root_hash={Hash.ToUpperInvariant()}, salt=, data_blocks=5", out VerityParameters? read, out _));
        Assert.Equal(new VerityParameters(Hash, "", 5, 4096, 4096), read);
    }

    [Theory]
    [InlineData("root_hash", "root_hash")]
    [InlineData("root_hash=12,data_blocks=5", "64 hexadecimal")]
    [InlineData($"root_hash={Hash}", "data_blocks")]
    [InlineData($"root_hash={Hash},data_blocks=0", "data_blocks")]
    [InlineData($"root_hash={Hash},data_blocks=-5", "data_blocks")]
    [InlineData($"root_hash={Hash},data_blocks=99999999999999999999", "data_blocks")]
    [InlineData($"root_hash={Hash},data_blocks=5,salt=abc", "salt")]
    [InlineData($"root_hash={Hash},data_blocks=5,salt=0\"", "salt")]
    [InlineData($"root_hash={Hash},data_blocks=5,data_block_size=1000", "power of two")]
    [InlineData($"root_hash={Hash},data_blocks=5,init=/bin/sh", "init")]
    public void AnythingElse_IsRefusedWithItsReason(string text, string reason)
    {
        Assert.False(VerityParameters.TryParse(text, out _, out string problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }
}
