using System.Text.Json;

namespace Skerry.Cli.Tests;

public sealed class ConfigLintCommandTests : IDisposable
{
    private readonly CliScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task AFaultyFile_ListsEveryFaultAndExitsWithOne()
    {
        string file = _scene.Write("a.toml", "[runtime]\nenable_debug = \"yes\"\n[hypervisor.qemu\n");
        CliOutcome outcome = await _scene.RunAsync("config", "lint", file);
        Assert.Equal(1, outcome.Code);
        Assert.Equal(
            $"fault    {file}:3: column 17: expected ']' after the table name \"hypervisor.qemu\", found the end of the line\nfault    {file}:2: enable_debug = \"yes\": accepted is true or false\n",
            outcome.Out);
    }

    [Fact]
    public async Task FilesThatTheConfigurationNames_AreLookedFor()
    {
        string kernel = _scene.Write("prefix/share/skerry/vmlinux", string.Empty);
        string file = _scene.Write("a.toml", $"[hypervisor.qemu]\npath = \"/nowhere/qemu\"\ninitrd = \"{kernel}\"\nvirtio_fs_daemon = \"{kernel}\"\n");
        CliOutcome outcome = await _scene.RunAsync("config", "lint", file);
        Assert.Equal(0, outcome.Code);
        Assert.Equal($"warning  {file}:2: path = \"/nowhere/qemu\": there is no such file\n", outcome.Out);
    }

    [Fact]
    public async Task AGoodFile_SaysSo()
    {
        string there = _scene.Write("there", string.Empty);
        string file = _scene.Write("a.toml", $"[hypervisor.qemu]\npath = \"{there}\"\nkernel = \"{there}\"\ninitrd = \"{there}\"\nvirtio_fs_daemon = \"{there}\"\n");
        CliOutcome outcome = await _scene.RunAsync("config", "lint", file);
        Assert.Equal((0, "no faults\n"), (outcome.Code, outcome.Out));
    }

    [Fact]
    public async Task Json_NamesSourceLineAndMessage()
    {
        string file = _scene.Write("a.toml", "\n[runtime]\nx = 1\n");
        CliOutcome outcome = await _scene.RunAsync("config", "lint", "--json", file);
        JsonElement fault = JsonDocument.Parse(outcome.Out).RootElement.GetProperty("faults")[0];
        Assert.Equal(file, fault.GetProperty("source").GetString());
        Assert.Equal(3, fault.GetProperty("line").GetInt32());
        Assert.Equal(1, outcome.Code);
    }
}
