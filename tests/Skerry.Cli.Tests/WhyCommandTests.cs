using System.Text.Json;
using Skerry.Sandbox;

namespace Skerry.Cli.Tests;

public sealed class WhyCommandTests : IDisposable
{
    private readonly CliScene _scene = new();

    public WhyCommandTests()
    {
        Write("pod1", "c1", new SizeTerm(SizeTerm.Vcpus, 1, "default_vcpus"), new SizeTerm(SizeTerm.Vcpus, 0.5, "the pod's limit"), new SizeTerm(SizeTerm.Memory, 256, "default_memory"));
        Write("pod2", "c2", new SizeTerm(SizeTerm.Memory, 512, "default_memory"));
    }

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("pod1")]
    [InlineData("c1")]
    public async Task ASandboxOrAContainerOfIt_IsExplained(string id)
    {
        CliOutcome outcome = await _scene.RunAsync("why", id);
        Assert.Equal(0, outcome.Code);
        string[] lines = [.. outcome.Out.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("vcpus +0.5 the pod's limit", lines);
        Assert.Contains("vcpus = 1.5 what the machine has", lines);
        Assert.Contains("memory = 256 MiB what the machine has", lines);
    }

    [Fact]
    public async Task Json_IsTheListOfTerms()
    {
        CliOutcome outcome = await _scene.RunAsync("why", "--json", "c2");
        JsonElement term = Assert.Single(JsonDocument.Parse(outcome.Out).RootElement.EnumerateArray());
        Assert.Equal(("memory", 512), (term.GetProperty("resource").GetString(), term.GetProperty("amount").GetInt32()));
    }

    [Theory]
    [InlineData("pod", "2 sandboxes")]
    [InlineData("nothing", "no running sandbox or container")]
    public async Task AnIdThatIsNotOne_IsAnError(string id, string words)
    {
        CliOutcome outcome = await _scene.RunAsync("why", id);
        Assert.NotEqual(0, outcome.Code);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
    }

    private void Write(string sandbox, string container, params SizeTerm[] terms)
    {
        var paths = new SandboxPaths(Core.SandboxId.Parse(sandbox), Path.Combine(_scene.Root, "state"));
        Directory.CreateDirectory(paths.Directory);
        SandboxRecordFile.Write(paths.Record, new SandboxRecord
        {
            Id = sandbox,
            Namespace = "tests",
            CreatedAt = DateTimeOffset.UnixEpoch,
            State = "Ready",
            Size = terms,
            Containers = [new ContainerRecord(container, "/bundle")],
        });
    }
}
