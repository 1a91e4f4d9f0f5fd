namespace Skerry.Cli.Commands;

/// <summary><c>skerry version</c>: what this build is and what it speaks.</summary>
internal sealed class VersionCommand : SkerryCommand
{
    internal VersionCommand(CliHost host)
        : base(host, "version", "Shows the version of this build and of what it speaks.") => Options.Add(GlobalOptions.Json);

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        ProgramVersion version = ProgramVersion.Current;
        (string Name, string Value)[] facts =
        [
            ("version", version.Version),
            ("commit", version.Commit.Length > 0 ? version.Commit : "unknown"),
            ("architecture", version.Architecture),
            ("runtime", version.Runtime),
            ("oci", ProgramVersion.OciSpecification),
            ("kata", ProgramVersion.KataRelease),
        ];
        if (context.WantsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                foreach ((string name, string value) in facts)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            });
            return Task.FromResult(ExitCodes.Success);
        }

        foreach ((string name, string value) in facts)
        {
            context.Output.WriteLine($"{name + ":",-14} {value}");
        }

        return Task.FromResult(ExitCodes.Success);
    }
}
