using Skerry.Core;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class ShimFlagsTests
{
    [Fact]
    public void TheCallOfContainerd16_IsUnderstood()
    {
        ShimFlags flags = ShimFlags.Parse(
            ["-namespace", "default", "-address", "/run/c.sock", "-publish-binary", "/usr/bin/containerd", "-id", "x1", "-debug", "start"]);
        Assert.Equal(
            ("default", "/run/c.sock", "x1", true, ShimAction.Start), (flags.Namespace, flags.Address, flags.Id, flags.Debug, flags.Action));
    }

    [Theory]
    [InlineData("-id=x1")]
    [InlineData("--id=x1")]
    [InlineData("--id", "x1")]
    public void GoAcceptsOneDashOrTwo_AndAnEqualsSign(params string[] arguments) => Assert.Equal("x1", ShimFlags.Parse(arguments).Id);

    [Theory]
    [InlineData("-debug=false", false)]
    [InlineData("-debug=true", true)]
    [InlineData("-debug", true)]
    public void ABoolean_MayHaveAValue(string argument, bool expected) => Assert.Equal(expected, ShimFlags.Parse([argument]).Debug);

    [Theory]
    [InlineData("-v")]
    [InlineData("-version")]
    [InlineData("--version")]
    public void Version_IsAFlag(string argument) => Assert.Equal("Version", ShimFlags.Parse([argument]).Action.ToString());

    [Fact]
    public void AnUnknownFlag_IsRefused_ByName() =>
        Assert.Contains("-frobnicate", Assert.Throws<SkerryException>(() => ShimFlags.Parse(["-frobnicate"])).Message, StringComparison.Ordinal);

    [Fact]
    public void AFlagWithoutItsValue_IsRefused() => Assert.Contains("-id", Assert.Throws<SkerryException>(() => ShimFlags.Parse(["-id"])).Message, StringComparison.Ordinal);
}
