using System.Diagnostics;

namespace Skerry.Bench.Hosts;

/// <summary>Our command line with state and data of the run's own, and the busybox image imported.</summary>
public sealed class SkerryHost : IAsyncDisposable
{
    private readonly Dictionary<string, string> _environment;

    private SkerryHost(string directory)
    {
        StateDirectory = Path.Combine(directory, "run");
        _environment = new Dictionary<string, string>
        {
            ["SKERRY_STATE_DIR"] = StateDirectory,
            ["SKERRY_DATA_DIR"] = Path.Combine(directory, "data"),
            ["NO_COLOR"] = "1",
        };
    }

    public string StateDirectory { get; }

    public static async Task<SkerryHost> CreateAsync(string directory, BusyboxImage image, CancellationToken cancellationToken)
    {
        var host = new SkerryHost(directory);
        (await host.RunAsync(["image", "import", "--name", "busybox", $"oci:{image.Layout}"], cancellationToken)).Ok();
        return host;
    }

    public Task<ToolResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        Tool.RunAsync(Installation.Command, arguments, cancellationToken, _environment);

    /// <summary>Starts a command whose output the caller reads.</summary>
    public Process Start(params IEnumerable<string> arguments) => Tool.Start(Installation.Command, arguments, _environment);

    /// <summary>Starts a container that does nothing until it is removed.</summary>
    public async Task<IdleContainer> StartIdleAsync(string name, CancellationToken cancellationToken)
    {
        var container = new IdleContainer(this, name);
        try
        {
            (await RunAsync(["run", "-d", "--name", name, "busybox", "sleep", "100000"], cancellationToken)).Ok();
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        ToolResult names = await RunAsync(["ps", "--all", "--quiet"], CancellationToken.None);
        foreach (string name in names.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await RunAsync(["rm", "-f", name], CancellationToken.None);
        }

        await RunAsync(["gc"], CancellationToken.None);
    }
}
