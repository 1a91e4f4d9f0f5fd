using Skerry.Cli.Reference;
using Skerry.Core;

namespace Skerry.Cli.Tests;

/// <summary>Compares the generated pages with those in the tree; SKERRY_UPDATE_DOCS=1 writes them instead.</summary>
public sealed class ReferenceTests : IDisposable
{
    private readonly CliScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void ThePageOfCommands_IsTheProgram() =>
        AssertSameAsFile("docs/reference/cli.md", CommandReference.ToMarkdown(SkerryCommandLine.Build(_scene.Host(TextWriter.Null, TextWriter.Null))));

    [Fact]
    public void ThePageOfErrors_IsTheTables() => AssertSameAsFile("docs/reference/errors.md", ErrorReference.ToMarkdown());

    [Fact]
    public void EveryKindOfFailure_HasAnExitCodeOfItsOwn()
    {
        Assert.Equal(Enum.GetValues<FailureKind>().Order(), ExitCodes.Table.Select(row => row.Kind).Order());
        Assert.Equal(ExitCodes.Table.Count, ExitCodes.Table.Select(row => row.Code).Distinct().Count());
        Assert.DoesNotContain(ExitCodes.Table, row => row.Code is 0 or ExitCodes.AnswerIsNo or >= ExitCodes.RunFailed);
    }

    private static void AssertSameAsFile(string path, string text)
    {
        string file = Path.Combine(RepositoryRoot(), path);
        if (Environment.GetEnvironmentVariable("SKERRY_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"{path} is out of date; run the tests with SKERRY_UPDATE_DOCS=1 to write it");
    }

    private static string RepositoryRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Skerry.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("no Skerry.slnx above the test");
    }
}
