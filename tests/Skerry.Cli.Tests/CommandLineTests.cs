using System.CommandLine;
using Skerry.Cli.Commands;
using Skerry.Core;

namespace Skerry.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly CliScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task AnUnknownOption_IsAUsageErrorThatPointsToTheHelpOfItsCommand()
    {
        CliOutcome outcome = await _scene.RunAsync("config", "lint", "--nope", "a", "b");
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Empty(outcome.Out);
        Assert.Contains("--nope", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith("  hint: skerry config lint --help\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_NamesEveryCommand()
    {
        CliOutcome outcome = await _scene.RunAsync("--help");
        Assert.Equal(0, outcome.Code);
        Assert.All(SkerryCommandLine.Build(_scene.Host(TextWriter.Null, TextWriter.Null)).Subcommands, command => Assert.Contains($"  {command.Name}", outcome.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheVersion_IsPrintedByOptionAndByCommand()
    {
        Assert.Matches(@"^skerry \d+\.\d+\.\d+\S*\n$", (await _scene.RunAsync("--version")).Out);
        Assert.Matches(@"^version: +\d+\.\d+\.\d+\S*\n", (await _scene.RunAsync("version")).Out);
        Assert.Contains("\"oci\":\"", (await _scene.RunAsync("version", "--json")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task Colours_NeedATerminalAndNoObjection(string noColor, bool coloured)
    {
        _scene.SetEnvironment("NO_COLOR", noColor);
        string file = _scene.Write("a.toml", "[x]\n");
        Assert.DoesNotContain('\e', (await _scene.RunAsync("env", "--config", file)).Error);
        _scene.OnTerminal = true;
        Assert.Equal(coloured, (await _scene.RunAsync("env", "--config", file)).Error.Contains('\e'));
    }

    [Fact]
    public async Task AFailure_TakesTheExitCodeOfItsKind()
    {
        foreach (FailureKind kind in Enum.GetValues<FailureKind>())
        {
            CliOutcome outcome = await RunAsync((_, _) => throw new SkerryException(kind, "cannot do it", "do that"));
            Assert.Equal(ExitCodes.Of(kind), outcome.Code);
            Assert.StartsWith("error: cannot do it\n  hint: do that\n", outcome.Error, StringComparison.Ordinal);
            Assert.Equal(kind == FailureKind.Internal, outcome.Error.Contains("   at ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task AnErrorThatIsNotOurs_IsABugAndShowsItsStack()
    {
        CliOutcome outcome = await RunAsync((_, _) => throw new InvalidOperationException("broken invariant"));
        Assert.Equal(70, outcome.Code);
        Assert.Contains("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_WithoutATerminalIsALinePerStep()
    {
        CliOutcome outcome = await RunAsync((context, _) => context.Output.ShowProgressAsync(progress =>
        {
            progress.Report(new("layer 1"));
            progress.Report(new("layer 1", 0.5));
            progress.Report(new("layer 2"));
            return Task.FromResult(0);
        }));
        Assert.Equal("layer 1\nlayer 2\n", outcome.Error);
    }

    [Fact]
    public async Task Progress_WithATerminalIsABarThatIsRemoved()
    {
        _scene.OnTerminal = true;
        CliOutcome outcome = await RunAsync((context, _) => context.Output.ShowProgressAsync(progress =>
        {
            progress.Report(new("layer [1]", 0.5));
            return Task.FromResult(5);
        }));
        Assert.Equal(5, outcome.Code);
        Assert.Empty(outcome.Out);
    }

    [Theory]
    [InlineData(false, "NAME  STATE\na     running\nlong  x\n")]
    [InlineData(true, null)]
    public async Task Tables_AlignTheirColumns(bool terminal, string? expected)
    {
        _scene.OnTerminal = terminal;
        CliOutcome outcome = await RunAsync((context, _) =>
        {
            context.Output.WriteTable(new(["NAME", "STATE"], [["a", "running"], ["long", "x"]]));
            return Task.FromResult(0);
        });
        if (expected is not null)
        {
            Assert.Equal(expected, outcome.Out);
        }

        Assert.Contains("running", outcome.Out, StringComparison.Ordinal);
    }

    private async Task<CliOutcome> RunAsync(Func<CommandContext, CancellationToken, Task<int>> work)
    {
        using var @out = new StringWriter();
        using var error = new StringWriter();
        var command = new ScriptedCommand(_scene.Host(@out, error), work);
        var root = new RootCommand { command };
        root.Options.Add(GlobalOptions.Debug);
        int code = await root.Parse(["scripted"]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        return new CliOutcome(code, @out.ToString(), error.ToString());
    }

    private sealed class ScriptedCommand(CliHost host, Func<CommandContext, CancellationToken, Task<int>> work) : SkerryCommand(host, "scripted", "Does what a test wants.")
    {
        protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => work(context, cancellationToken);
    }
}
