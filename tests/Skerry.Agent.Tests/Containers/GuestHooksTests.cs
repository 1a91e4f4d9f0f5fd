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
    public async Task AStartHook_RunsInTheContainer_BeforeItsProgram_AndReadsTheState()
    {
        ProcessResult result = await _agent.Container("c1")
            .With(r => r.OCI.Hooks = StartHook("cat >/state"))
            .Shell("grep -o '\"id\":\"c1\",\"status\":\"created\"' /state")
            .RunAsync();

        Assert.Equal(new ProcessResult(0, "\"id\":\"c1\",\"status\":\"created\"\n", string.Empty), result);
    }

    [Fact]
    public async Task AStartHookThatFails_FailsTheStart_AndEndsTheContainer()
    {
        await using TestContainer container = await _agent.Container("c1").With(r => r.OCI.Hooks = StartHook("exit 3")).Shell(": >/started").CreateAsync();

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(container.StartAsync);

        Assert.Contains("startContainer hook \"/bin/sh\" of container \"c1\" exited with code 3", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, await container.WaitAsync());
        Assert.False(File.Exists($"{container.Rootfs.Path}/started"));
    }

    [Fact]
    public async Task AHookWhoseProgramsAreTheHosts_IsRefusedByName()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1")
            .With(r => r.OCI.Hooks = new Hooks { CreateContainer = { new Hook { Path = "/bin/true" } } }).Run("true").CreateAsync());

        Assert.Equal(TtrpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("createContainer", error.Message, StringComparison.Ordinal);
    }

    private static Hooks StartHook(string script) => new() { StartContainer = { new Hook { Path = "/bin/sh", Args = { "sh", "-c", script }, Env = { "PATH=/bin" } } } };

    private void AddHook(string moment, string name, string script)
    {
        string directory = Directory.CreateDirectory($"{_agent.DirectoryPath}/hooks/{moment}").FullName;
        File.WriteAllText($"{directory}/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode($"{directory}/{name}", (UnixFileMode)0b111_101_101);
        File.WriteAllText($"{directory}/README", "not executable: no hook");
    }
}
