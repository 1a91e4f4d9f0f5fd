using System.Text.Json;
using System.Text.Json.Nodes;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>OCI hooks of a container under containerd: their order, their place, what they read, and what becomes of a failing one.</summary>
public sealed class HookTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sky-hooks-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Hooks_RunInTheirOrder_OnTheirSide_WithTheState()
    {
        ContainerdHost host = await fixture.HostAsync();
        string log = Path.Combine(_directory, "log");
        string config = await WriteBundleAsync("hooks", ["sh", "-c", "cat /seen; exit 6"], name => name == "startContainer"
            ? "cat >/seen; echo >>/seen; hostname >>/seen"
            : $"echo {name} $(tr -d '\\n ' | grep -o '\"status\":\"[a-z]*\"') >>{log}");
        ToolResult result = await host.CtrAsync("run", "--rm", "--runtime", ContainerdHost.SkerryRuntime, "--config", config, "hooks");
        Assert.True(result.ExitCode == 6, result.Error);
        string[] seen = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal("in-the-guest", seen[^1]);
        Assert.Equal(("hooks", "created"), (Property(seen[0], "id"), Property(seen[0], "status")));
        Assert.Equal(
            ["prestart \"status\":\"creating\"", "createRuntime \"status\":\"creating\"", "createContainer \"status\":\"creating\"", "poststart \"status\":\"running\"", "poststop \"status\":\"stopped\""],
            await File.ReadAllLinesAsync(log));
    }

    [Theory]
    [InlineData("createRuntime")]
    [InlineData("startContainer")]
    [InlineData("poststart")]
    public async Task AFailingHook_FailsTheStart_AndLeavesNothing(string failing)
    {
        ContainerdHost host = await fixture.HostAsync();
        string id = "fails-" + failing.ToLowerInvariant();
        string config = await WriteBundleAsync(id, ["sleep", "1000"], name => name == failing ? "exit 3" : "exit 0");
        ToolResult result = await host.CtrAsync("run", "--rm", "--runtime", ContainerdHost.SkerryRuntime, "--config", config, id);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"{failing} hook", result.Error);
        Assert.Contains("exited with code 3", result.Error);
        await host.CtrAsync("tasks", "delete", "-f", id);
        await host.CtrAsync("containers", "delete", id);
        await new Leftovers(id).AssertNoneAsync();
    }

    private static string Property(string json, string name) => JsonDocument.Parse(json).RootElement.GetProperty(name).GetString()!;

    /// <summary>A configuration whose hooks are shell scripts, over a root file system of busybox.</summary>
    private async Task<string> WriteBundleAsync(string id, string[] command, Func<string, string> script)
    {
        string root = Path.Combine(_directory, id);
        (await Tool.RunAsync("umoci", ["unpack", "--image", await BusyboxImage.LayoutAsync() + ":" + BusyboxImage.Name, root])).Ok();
        var hooks = new JsonObject();
        foreach (string name in (string[])["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"])
        {
            hooks[name] = new JsonArray(new JsonObject
            {
                ["path"] = "/bin/sh",
                ["args"] = new JsonArray("sh", "-c", script(name)),
                ["env"] = new JsonArray("PATH=/usr/bin:/bin"),
            });
        }

        var spec = new JsonObject
        {
            ["ociVersion"] = "1.1.0",
            ["hostname"] = "in-the-guest",
            ["root"] = new JsonObject { ["path"] = Path.Combine(root, "rootfs") },
            ["process"] = new JsonObject
            {
                ["args"] = new JsonArray([.. command.Select(word => (JsonNode)word)]),
                ["env"] = new JsonArray("PATH=/bin"),
                ["cwd"] = "/",
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
            },
            ["hooks"] = hooks,
            ["linux"] = new JsonObject
            {
                ["namespaces"] = new JsonArray([.. ((string[])["pid", "mount", "uts", "network"]).Select(type => (JsonNode)new JsonObject { ["type"] = type })]),
            },
        };
        string path = Path.Combine(_directory, id + ".json");
        await File.WriteAllTextAsync(path, spec.ToJsonString());
        return path;
    }
}
