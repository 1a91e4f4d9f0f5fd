using System.Diagnostics;

namespace Skerry.SystemTests.Hosts;

/// <summary>The command line with state and data of the test's own; checks on disposal that nothing is left behind.</summary>
public sealed class SkerryHost : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sky-").FullName;

    private SkerryHost() => EnvironmentVariables = new Dictionary<string, string>
    {
        ["SKERRY_STATE_DIR"] = Path.Combine(_directory, "run"),
        ["SKERRY_DATA_DIR"] = Path.Combine(_directory, "data"),
        ["NO_COLOR"] = "1",
    };

    public Dictionary<string, string> EnvironmentVariables { get; }

    public string StateDirectory => EnvironmentVariables["SKERRY_STATE_DIR"];

    public string WorkDirectory => _directory;

    public Leftovers Leftovers => new(_directory);

    /// <summary>A host with the busybox image imported as <c>busybox</c>.</summary>
    public static async Task<SkerryHost> CreateAsync()
    {
        Checkout.RequireVm();
        var host = new SkerryHost();
        string layout = await BusyboxImage.LayoutAsync();
        (await host.SkerryAsync("image", "import", "--name", "busybox", $"oci:{layout}")).Ok();
        return host;
    }

    public Task<ToolResult> SkerryAsync(params IEnumerable<string> arguments) =>
        Tool.RunAsync(Checkout.Skerry, arguments, EnvironmentVariables);

    public Task<ToolResult> SkerryWithInputAsync(string input, params IEnumerable<string> arguments) =>
        Tool.RunAsync(Checkout.Skerry, arguments, EnvironmentVariables, input);

    public Process StartSkerry(params IEnumerable<string> arguments) => Tool.Start(Checkout.Skerry, arguments, EnvironmentVariables);

    /// <summary><c>skerry run --rm</c> of a command in the busybox image.</summary>
    public Task<ToolResult> RunAsync(IEnumerable<string> flags, params IEnumerable<string> command) =>
        SkerryAsync(["run", "--rm", .. flags, "busybox", .. command]);

    public async ValueTask DisposeAsync()
    {
        ToolResult list = await SkerryAsync("ps", "--all", "--quiet");
        foreach (string name in list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await SkerryAsync("rm", "-f", name);
        }

        await SkerryAsync("gc");
        await Leftovers.AssertNoneAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
