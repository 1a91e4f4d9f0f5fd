using Skerry.Agent.Tests.Harness;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Tests.Containers;

public sealed class GuestHooksTests : IAsyncLifetime
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
    public async Task TheGuestsHooks_RunAroundAContainer_AndReadItsState()
    {
        string log = $"{_agent.DirectoryPath}/log";
        foreach (string moment in (string[])["prestart", "poststart", "poststop"])
        {
            AddHook(moment, "10-first", $"echo {moment} $(grep -o '\"id\":\"c1\",\"status\":\"[a-z]*\"') >> {log}");
        }

        await _agent.CallAsync("CreateSandbox", new CreateSandboxRequest { GuestHookPath = $"{_agent.DirectoryPath}/hooks" });
        TestContainer container = await _agent.Container("c1").Run("sleep", "1000").CreateAsync();
        await container.StartAsync();
        await container.RemoveAsync();

        Assert.Equal(
            ["prestart \"id\":\"c1\",\"status\":\"created\"", "poststart \"id\":\"c1\",\"status\":\"running\"", "poststop \"id\":\"c1\",\"status\":\"stopped\""],
            File.ReadAllLines(log));
    }

    [Fact]
    public async Task AHookThatFails_FailsTheCreation_WithItsWords()
    {
        AddHook("prestart", "a", "echo not today >&2; exit 3");
        await _agent.CallAsync("CreateSandbox", new CreateSandboxRequest { GuestHookPath = $"{_agent.DirectoryPath}/hooks" });

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1").Run("sleep", "1000").CreateAsync());

        Assert.Contains("not today", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories($"{_agent.Paths.Cgroups}/containers"));
    }

    [Fact]
    public async Task AMissingDirectory_FailsTheSandbox()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.CallAsync("CreateSandbox", new CreateSandboxRequest { GuestHookPath = "/no/such/hooks" }));

        Assert.Contains("/no/such/hooks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHookInsideTheContainer_IsRefusedByName()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1")
            .With(r => r.OCI.Hooks = new Hooks { StartContainer = { new Hook { Path = "/bin/true" } } }).Run("true").CreateAsync());

        Assert.Equal(TtrpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("startContainer", error.Message, StringComparison.Ordinal);
    }

    private void AddHook(string moment, string name, string script)
    {
        string directory = Directory.CreateDirectory($"{_agent.DirectoryPath}/hooks/{moment}").FullName;
        File.WriteAllText($"{directory}/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode($"{directory}/{name}", (UnixFileMode)0b111_101_101);
        File.WriteAllText($"{directory}/README", "not executable: no hook");
    }
}
