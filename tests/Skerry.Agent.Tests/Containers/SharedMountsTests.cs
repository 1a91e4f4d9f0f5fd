using Skerry.Agent.Tests.Harness;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Tests.Containers;

public sealed class SharedMountsTests : IAsyncLifetime
{
    private AgentHarness _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await AgentHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    [Fact]
    public async Task ADirectoryOfOneContainer_IsSeenInAnother_WithWhatIsMountedThere()
    {
        await using TestContainer first = await _agent.Container("c1")
            .With(r => r.OCI.Annotations["io.kubernetes.cri.container-name"] = "producer")
            .AddMount("/made", "tmpfs", "tmpfs").Shell("echo from-first > /made/file; sleep 1000").StartAsync();
        Assert.Equal(0, (await first.RunExecAsync("ready", "sh", "-c", "while ! test -s /made/file; do :; done")).Status);

        TestContainer second = await _agent.Container("c2").With(r => r.SharedMounts.Add(
            new SharedMount { Name = "data", SrcCtr = "producer", SrcPath = "/made", DstCtr = "c2", DstPath = "/seen" })).Run("sleep", "1000").StartAsync();
        ProcessResult seen = await second.RunExecAsync("e1", "sh", "-c", "cat /seen/file; echo back > /seen/file");
        await second.RemoveAsync();

        Assert.Equal("from-first", seen.Text);
        Assert.Equal("back", (await first.RunExecAsync("e2", "cat", "/made/file")).Text);
        Assert.DoesNotContain($"{_agent.Paths.Run}/c2", File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_agent.Paths.Bundle("c2")));
    }

    [Theory]
    [InlineData("nobody", "/made", "nobody")]
    [InlineData("c1", "/missing", "/missing")]
    public async Task WhatDoesNotExist_IsNamed_AndNothingIsLeft(string container, string path, string named)
    {
        await using TestContainer first = await _agent.Container("c1").Run("sleep", "1000").StartAsync();

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c2").With(r => r.SharedMounts.Add(
            new SharedMount { Name = "data", SrcCtr = container, SrcPath = path, DstCtr = "c2", DstPath = "/seen" })).Run("true").CreateAsync());

        Assert.Equal(TtrpcStatusCode.NotFound, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_agent.Paths.Bundle("c2")));
    }
}
