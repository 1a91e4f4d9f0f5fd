using Skerry.Agent.Tests.Harness;
using Skerry.Linux;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Tests.Storages;

/// <summary>Volumes as kubelet makes them for ConfigMaps: files lead through one link, and a change is one rename of it.</summary>
public sealed class WatchableBindTests : IAsyncLifetime
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
    public async Task AChangeOnTheHost_ReachesTheContainer_AndOldFilesGo()
    {
        string source = MakeConfigMap("one");
        TestContainer container = await StartAsync(source);
        Assert.Equal("one", (await container.RunExecAsync("e1", "cat", "/v/key")).Text);

        Publish(source, "..2", "two");
        File.Delete($"{source}/..1/key");
        Directory.Delete($"{source}/..1");

        string expected = "..2\n..data\nkey\ntwo";
        for (int look = 0; (await container.RunExecAsync($"look{look}", "sh", "-c", "ls -A /v; cat /v/key")).Text != expected; look++)
        {
            Assert.True(look < 500, "the change did not reach the container");
        }

        await container.RemoveAsync();
        Assert.Empty(Directory.GetDirectories($"{_agent.Paths.Run}/watchable"));
    }

    [Fact]
    public async Task WhatTheContainerWrites_IsItsOwn_AndItsLinksLeadTheAgentNowhere()
    {
        string source = MakeConfigMap("one");
        string outside = $"{_agent.DirectoryPath}/outside";
        File.WriteAllText(outside, "untouched");
        await using TestContainer container = await StartAsync(source);

        await container.RunExecAsync("e1", "sh", "-c", $"rm -rf /v/..1; mkdir /v/x; echo no > /v/x/y; ln -s {_agent.DirectoryPath} /v/..2; ln -s {outside} /v/.skerry-part");
        Publish(source, "..2", "two");
        for (int look = 0; (await container.RunExecAsync($"look{look}", "sh", "-c", "cat /v/key; ls -d /v/x")).Text != "two"; look++)
        {
            Assert.True(look < 500, "the change did not reach the container");
        }

        Assert.Equal("untouched", File.ReadAllText(outside));
        Assert.Equal("one", File.ReadAllText($"{source}/..1/key"));
        Assert.False(File.Exists($"{_agent.DirectoryPath}/key"));
    }

    [Fact]
    public async Task ALargeVolume_IsBoundAsItIs()
    {
        string source = MakeConfigMap("one");
        File.WriteAllBytes($"{source}/large", new byte[(1 << 20) + 1]);
        await using TestContainer container = await StartAsync(source);

        File.WriteAllText($"{source}/at-once", "seen");

        Assert.Equal("seen", (await container.RunExecAsync("e1", "cat", "/v/at-once")).Text);
    }

    private Task<TestContainer> StartAsync(string source)
    {
        string point = $"{_agent.DirectoryPath}/point";
        var storage = new StorageRequest { Driver = "watchable-bind", Source = source, Fstype = "bind", MountPoint = point, Options = { "bind", "rw" } };
        return _agent.Container("c1").With(r => r.Storages.Add(storage)).AddMount("/v", "bind", point, "rbind").Run("sleep", "1000").StartAsync();
    }

    private string MakeConfigMap(string text)
    {
        string source = Directory.CreateDirectory($"{_agent.DirectoryPath}/config").FullName;
        Publish(source, "..1", text);
        File.CreateSymbolicLink($"{source}/key", "..data/key");
        return source;
    }

    private static void Publish(string source, string version, string text)
    {
        Directory.CreateDirectory($"{source}/{version}");
        File.WriteAllText($"{source}/{version}/key", text);
        using FileDescriptor directory = FileDescriptor.Open(source, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        RootedFiles.MakeSymbolicLink(directory, "..data", version);
    }
}
