using System.Text.Json;

namespace Skerry.Cli.Tests;

/// <summary>What <c>--json</c> gives a script: one value, nothing else.</summary>
public sealed class ScriptOutputTests : IDisposable
{
    private readonly CliScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Gc_CountsWhatItRemoved()
    {
        CliOutcome outcome = await _scene.RunAsync("gc", "--json");

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        JsonElement counts = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal(
            ["sandboxes 0", "unfinishedContainers 0", "layers 0", "blobs 0", "unfinishedLayers 0", "sandboxesLeft 0"],
            counts.EnumerateObject().Select(count => $"{count.Name} {count.Value.GetInt32()}"));
    }

    [Fact]
    public async Task AnImport_NamesTheImage()
    {
        const string Busybox = "/bin/busybox";
        Assert.SkipUnless(File.Exists(Busybox), $"needs {Busybox} (package busybox-static)");

        CliOutcome outcome = await _scene.RunAsync("image", "import", "--json", $"busybox:{Busybox}");

        Assert.Equal(0, outcome.Code);
        JsonElement image = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.StartsWith("sha256:", image.GetProperty("digest").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, image.GetProperty("layers").GetInt32());
    }

    [Fact]
    public async Task AMissingLayout_SaysWhatToName()
    {
        CliOutcome outcome = await _scene.RunAsync("image", "import", $"oci:{_scene.Root}");

        Assert.NotEqual(0, outcome.Code);
        Assert.Contains("index.json is missing", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("skopeo copy", outcome.Error, StringComparison.Ordinal);
    }
}
