namespace Skerry.Core.Tests;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("web-1")]
    [InlineData("0f.A_b")]
    public void GoodIds_AreAccepted(string text) => Assert.Equal(text, ContainerId.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("a..b")]
    [InlineData("../x")]
    [InlineData("a b")]
    public void IdsThatCouldLeaveTheirDirectory_AreRefusedWithTheRule(string text)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => ContainerId.Parse(text));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void AnIdOfMoreThan128Characters_IsRefused() => Assert.False(SandboxId.TryParse(new string('x', 129), out _));
}
