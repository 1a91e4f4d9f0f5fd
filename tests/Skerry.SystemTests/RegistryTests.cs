using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Images from a registry, fetched by skopeo: here from one on this machine.</summary>
public sealed class RegistryTests(SkerryFixture fixture) : IClassFixture<SkerryFixture>
{
    [Fact]
    public async Task AnImageOfARegistry_IsPulled_RunAndKept()
    {
        SkerryHost host = await fixture.HostAsync();
        await using var registry = LocalRegistry.Start(await BusyboxImage.LayoutAsync());
        Dictionary<string, string> environment = await WithInsecureAsync(host, registry.Address);
        string reference = $"docker://{registry.Address}/busybox:any";

        ToolResult run = await Tool.RunAsync(Checkout.Skerry, ["run", "--rm", reference, "echo", "pulled"], environment);
        ToolResult import = await Tool.RunAsync(Checkout.Skerry, ["image", "import", "--name", "from-registry", reference], environment);

        Assert.Equal("pulled\n", run.Ok().Output);
        Assert.StartsWith("sha256:", import.Ok().Output);
        Assert.Contains("from-registry:latest", (await host.SkerryAsync("image", "list", "--quiet")).Ok().Output);
    }

    [Fact]
    public async Task AnImageTheRegistryDoesNotHave_IsNamedWithSkopeosReason()
    {
        SkerryHost host = await fixture.HostAsync();
        await using var registry = LocalRegistry.Start(await BusyboxImage.LayoutAsync());
        Dictionary<string, string> environment = await WithInsecureAsync(host, registry.Address);

        ToolResult run = await Tool.RunAsync(Checkout.Skerry, ["run", "--rm", $"docker://{registry.Address}/absent", "true"], environment);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains($"{registry.Address}/absent", run.Error);
        Assert.Contains("skopeo says", run.Error);
        Assert.Contains("hint:", run.Error);
    }

    /// <summary>skopeo speaks TLS to every registry but those its user's configuration names.</summary>
    private static async Task<Dictionary<string, string>> WithInsecureAsync(SkerryHost host, string address)
    {
        string home = Path.Combine(host.WorkDirectory, $"home-{Guid.NewGuid():N}");
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(home, ".config", "containers")).FullName, "registries.conf");
        await File.WriteAllTextAsync(file, $"[[registry]]\nlocation = \"{address}\"\ninsecure = true\n");
        return new Dictionary<string, string>(host.EnvironmentVariables) { ["HOME"] = home };
    }
}
