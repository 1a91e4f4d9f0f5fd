using System.Text.Json;
using Skerry.Cli.Checks;
using Skerry.Config;
using Spectre.Console;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry check</c>: can this machine run containers? Each test with its result and its remedy.</summary>
internal sealed class CheckCommand : SkerryCommand
{
    internal CheckCommand(CliHost host)
        : base(host, "check", "Tells whether this machine can run containers: exit code 0 when it can, 1 when it cannot.") => Options.Add(GlobalOptions.Json);

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        LoadedConfiguration configuration = context.LoadConfiguration();
        var subject = new CheckSubject(context.Host, configuration);
        var results = new List<CheckResult>();
        foreach (HostCheck check in HostChecks.All)
        {
            results.Add(await check.RunAsync(subject, cancellationToken).ConfigureAwait(false));
            if (!context.WantsJson)
            {
                Show(context, results[^1]);
            }
        }

        bool able = results.All(result => result.Outcome != CheckOutcome.Failed);
        if (context.WantsJson)
        {
            context.Output.WriteJson(json => WriteJson(json, able, results));
        }
        else
        {
            context.Output.WriteLine(able ? "\nThis machine can run containers." : "\nThis machine cannot run containers yet.");
        }

        return able ? ExitCodes.Success : ExitCodes.AnswerIsNo;
    }

    private static void Show(CommandContext context, CheckResult result)
    {
        (string mark, Color colour) = result.Outcome switch
        {
            CheckOutcome.Passed => ("ok  ", Color.Green),
            CheckOutcome.Noted => ("note", Color.Yellow),
            _ => ("FAIL", Color.Red),
        };
        context.Output.WriteMarked(mark, colour, $"  {result.Name,-13} {result.Detail}");
        if (result.Remedy is not null)
        {
            context.Output.WriteLine($"{string.Empty,19} -> {result.Remedy}");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, bool able, IEnumerable<CheckResult> results)
    {
        json.WriteStartObject();
        json.WriteBoolean("able", able);
        json.WriteStartArray("checks");
        foreach (CheckResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteString("outcome", result.Outcome.ToString().ToLowerInvariant());
            json.WriteString("detail", result.Detail);
            json.WriteString("remedy", result.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
