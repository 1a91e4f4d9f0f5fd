using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skerry.Cli.Output;
using Skerry.Core;
using Skerry.Sandbox;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry why</c>: which default, annotation or limit gave a running sandbox's machine each processor and each MiB.</summary>
internal sealed class WhyCommand : SkerryCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "A sandbox or one of its containers; the beginning of its id is enough." };

    internal WhyCommand(CliHost host)
        : base(host, "why", "Explains the size of a running sandbox's machine.")
    {
        Add(_id);
        Options.Add(GlobalOptions.Json);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        SandboxRecord record = Find(context.Host.StateDirectory, context.Arguments.GetRequiredValue(_id));
        if (context.WantsJson)
        {
            context.Output.WriteJson(json => JsonSerializer.Serialize(json, record.Size, WhyJson.Default.IReadOnlyListSizeTerm));
        }
        else
        {
            context.Output.WriteTable(ToTable(record.Size));
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static TableView ToTable(IReadOnlyList<SizeTerm> terms) => new(
        ["WHAT", "AMOUNT", "WHY"],
        [.. ((string[])[SizeTerm.Vcpus, SizeTerm.Memory]).SelectMany(resource => Rows(resource, [.. terms.Where(term => term.Resource == resource)]))]);

    private static IEnumerable<IReadOnlyList<string>> Rows(string resource, IReadOnlyList<SizeTerm> terms)
    {
        string unit = resource == SizeTerm.Memory ? " MiB" : string.Empty;
        foreach (SizeTerm term in terms)
        {
            string amount = term.Amount == 0 ? string.Empty : term.Amount.ToString("+0.###;-0.###", CultureInfo.InvariantCulture) + unit;
            yield return [resource, amount, term.Reason];
        }

        yield return [resource, terms.Sum(term => term.Amount).ToString("= 0.###", CultureInfo.InvariantCulture) + unit, "what the machine has"];
    }

    private static SandboxRecord Find(string stateDirectory, string id)
    {
        SandboxRecord[] found =
        [
            .. Records(stateDirectory).Where(record => Names(record).Any(name => name == id)),
        ];
        if (found.Length == 0)
        {
            found = [.. Records(stateDirectory).Where(record => Names(record).Any(name => name.StartsWith(id, StringComparison.Ordinal)))];
        }

        return found switch
        {
            [var record] => record,
            [] => throw new SkerryException(FailureKind.NotFound, $"no running sandbox or container has the id \"{id}\"", "skerry ps, or crictl pods, lists them"),
            _ => throw new SkerryException(FailureKind.InvalidArgument, $"{found.Length} sandboxes have ids that begin with \"{id}\"", "give more of the id"),
        };
    }

    private static IEnumerable<string> Names(SandboxRecord record) => record.Containers.Select(container => container.Id).Prepend(record.Id);

    private static IEnumerable<SandboxRecord> Records(string stateDirectory) => !Directory.Exists(stateDirectory) ? [] :
        Directory.EnumerateDirectories(stateDirectory)
            .Select(directory => SandboxRecordFile.TryRead(Path.Combine(directory, "state.json")))
            .OfType<SandboxRecord>();
}
