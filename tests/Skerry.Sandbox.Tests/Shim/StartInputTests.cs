using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Core;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Bootstrap;
using Skerry.Protocols.Shim.RuntimeOptions;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class StartInputTests
{
    private static Any Named => AnyMessage.Pack("runtimeoptions.v1.Options", new Options { ConfigPath = "/etc/skerry.toml" });

    [Fact]
    public void Parameters_CarryTheOptionsAmongTheirExtensions()
    {
        var parameters = new BootstrapParams { InstanceId = "s", ContainerdVersion = "v2.3.4", SocketDir = "/run/s" };
        parameters.Extensions.Add(new Protocols.Shim.Bootstrap.Extension { Value = AnyMessage.Pack("containerd.runc.v1.Options", new Options { ConfigPath = "other" }) });
        parameters.Extensions.Add(new Protocols.Shim.Bootstrap.Extension { Value = Named });
        StartInput input = StartInput.Parse(parameters.ToByteArray());
        Assert.Equal((true, "/run/s", "/etc/skerry.toml"), (input.IsBootstrap, input.SocketDirectory, input.ConfigPath));
    }

    [Fact]
    public void OptionsAlone_AreThoseOfAnOlderContainerd()
    {
        StartInput input = StartInput.Parse(Named.ToByteArray());
        Assert.Equal((false, (string?)null, "/etc/skerry.toml"), (input.IsBootstrap, input.SocketDirectory, input.ConfigPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a message")]
    public void AnythingElse_IsNothing(string text)
    {
        StartInput input = StartInput.Parse(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal((false, (string?)null, (string?)null), (input.IsBootstrap, input.SocketDirectory, input.ConfigPath));
    }

    [Fact]
    public void OptionsThatCannotBeRead_AreAnError()
    {
        var broken = new Any { TypeUrl = "runtimeoptions.v1.Options", Value = ByteString.CopyFromUtf8("\u0012\u007f") };
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => StartInput.Parse(broken.ToByteArray())).Kind);
    }
}
