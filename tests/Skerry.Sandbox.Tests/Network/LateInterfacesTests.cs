using Skerry.Linux.Netlink;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Network;

public sealed class LateInterfacesTests
{
    [Theory]
    [InlineData(2, EndpointKindName.Redirected, null)]
    [InlineData(0, EndpointKindName.Redirected, "machine_type = \"q35\"")]
    [InlineData(2, EndpointKindName.Hardware, "before the sandbox starts")]
    [InlineData(0, EndpointKindName.Hardware, "before the sandbox starts")]
    public async Task AReason_IsThereWhenTheMachineCannotTakeIt(int slots, string kind, string? words)
    {
        await using var machine = new FakeMachine(new FakeAgentOptions(), slots);
        var endpoint = new Endpoint(3, "net1", Enum.Parse<EndpointKind>(kind), string.Empty, new MacAddress([2, 0, 0, 0, 0, 3]), 1500, false, []);
        string? reason = LateInterfaces.WhyNot(machine, endpoint);
        Assert.Equal(words is null, reason is null);
        Assert.Contains(words ?? string.Empty, reason ?? string.Empty, StringComparison.Ordinal);
    }

    private static class EndpointKindName
    {
        internal const string Redirected = nameof(EndpointKind.Redirected);
        internal const string Hardware = nameof(EndpointKind.Hardware);
    }
}
