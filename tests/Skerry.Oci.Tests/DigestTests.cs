namespace Skerry.Oci.Tests;

public sealed class DigestTests
{
    private const string Empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void TheDigestOfNothing_IsWellKnown() => Assert.Equal(Empty, Digest.Of([]).ToString());

    [Theory]
    [InlineData(Empty, true)]
    [InlineData("sha256:E3B0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", false)]
    [InlineData("sha256:../../../../etc/passwd", false)]
    [InlineData("md5:e3b0", false)]
    [InlineData(null, false)]
    public void OnlyASafeDigest_Parses(string? text, bool valid) => Assert.Equal(valid, Digest.TryParse(text, out _));
}
