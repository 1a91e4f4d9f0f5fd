using Skerry.Core;

namespace Skerry.Sandbox.Tests.Streams;

public sealed class StdioTargetTests
{
    [Theory]
    [InlineData("", "None", "")]
    [InlineData("/run/f", "Fifo", "/run/f")]
    [InlineData("fifo:///run/f", "Fifo", "/run/f")]
    [InlineData("file:///var/log/x%20y", "File", "/var/log/x y")]
    public void TheScheme_Decides(string name, string kind, string path)
    {
        StdioTarget target = StdioTarget.Parse(name);
        Assert.Equal((kind, path), (target.Kind.ToString(), target.Path));
    }

    [Fact]
    public void ALogProgram_GetsKeysAndValuesInOrder()
    {
        StdioTarget target = StdioTarget.Parse("binary:///usr/bin/logger?id=a+b&flag&url=%2Fx");
        Assert.Equal(StdioKind.Binary, target.Kind);
        Assert.Equal("/usr/bin/logger", target.Path);
        Assert.Equal(["id", "a b", "flag", "url", "/x"], target.Arguments);
    }

    [Theory]
    [InlineData("npipe:///x", "npipe")]
    [InlineData("relative/fifo", "relative/fifo")]
    public void WhatWeDoNotKnow_IsRefused_ByName(string name, string named)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => StdioTarget.Parse(name));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }
}
