using System.Text.Json;
using Skerry.Config.Toml;

namespace Skerry.Cli.Tests;

public sealed class EnvCommandTests : IDisposable
{
    private readonly CliScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task TheConfigurationInForce_IsPrintedAsTomlWithOrigins()
    {
        string file = _scene.Write("etc/skerry/configuration.toml", "[hypervisor.qemu]\ndefault_memory = 300\n");
        CliOutcome outcome = await _scene.RunAsync("env");
        Assert.Equal(0, outcome.Code);
        Assert.Empty(TomlDocument.Parse(outcome.Out).Errors);
        Assert.Contains($"default_memory = 300  # {file}:2\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("shared_fs = \"virtio-fs\"  # default\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"# configuration files: {file}\n", outcome.Out, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public async Task Json_IsOneValueWithTypesAndOrigins()
    {
        string file = _scene.Write("my.toml", "[agent.kata]\ndial_timeout = 7\nserver_port = 1024\n");
        CliOutcome outcome = await _scene.RunAsync("--config", file, "env", "--json");
        JsonElement root = JsonDocument.Parse(outcome.Out).RootElement;
        JsonElement timeout = root.GetProperty("configuration").GetProperty("agent.kata").GetProperty("dial_timeout");
        Assert.Equal(7, timeout.GetProperty("value").GetInt32());
        Assert.Equal($"{file}:2", timeout.GetProperty("origin").GetString());
        Assert.False(root.GetProperty("configuration").GetProperty("agent.kata").GetProperty("server_port").GetProperty("effective").GetBoolean());
        Assert.Equal(Path.Combine(_scene.Root, "state"), root.GetProperty("stateDirectory").GetString());
        Assert.Contains("warning: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFaultyFile_IsAnErrorThatListsItsFaults()
    {
        string file = _scene.Write("bad.toml", "[hypervisor.qemu]\ndefault_memroy = 1\npath = 1\n");
        CliOutcome outcome = await _scene.RunAsync("env", "--config", file);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Empty(outcome.Out);
        Assert.StartsWith("error: the configuration has 2 faults\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean \"default_memory\"?", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingFile_HasTheExitCodeOfThingsThatAreNotThere()
    {
        CliOutcome outcome = await _scene.RunAsync("env", "--config", "/nowhere.toml");
        Assert.Equal(3, outcome.Code);
        Assert.Contains("/nowhere.toml", outcome.Error, StringComparison.Ordinal);
    }
}
