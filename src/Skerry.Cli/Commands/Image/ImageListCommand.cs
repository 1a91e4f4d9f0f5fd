using System.CommandLine;
using System.Globalization;
using Skerry.Cli.Output;
using Skerry.Images;

namespace Skerry.Cli.Commands.Image;

/// <summary><c>skerry image list</c>: the images of the store.</summary>
internal sealed class ImageListCommand : SkerryCommand
{
    private readonly Option<bool> _quiet = CommandLineParts.Flag("--quiet", "Print names only.", "-q");

    internal ImageListCommand(CliHost host)
        : base(host, "list", "Lists images.")
    {
        Aliases.Add("ls");
        Add(_quiet);
        Add(GlobalOptions.Json);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImageSummary> images = new ImageStore(context.Host.DataDirectory).List();
        if (context.WantsJson)
        {
            WriteJson(context.Output, images);
        }
        else if (context.Arguments.GetValue(_quiet))
        {
            foreach (ImageSummary image in images)
            {
                context.Output.WriteLine(image.Name);
            }
        }
        else
        {
            context.Output.WriteTable(ToTable(images));
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static TableView ToTable(IEnumerable<ImageSummary> images) => new(
        ["NAME", "DIGEST", "PLATFORM", "LAYERS", "SIZE", "IMPORTED"],
        [.. images.Select(image => (IReadOnlyList<string>)
        [
            image.Name,
            image.Digest.ToString()["sha256:".Length..][..12],
            image.Platform,
            image.Layers.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{image.SizeBytes / 1048576.0:F1} MiB"),
            $"{Ages.Describe(TimeProvider.System.GetUtcNow() - image.ImportedAt)} ago",
        ])]);

    private static void WriteJson(CommandOutput output, IEnumerable<ImageSummary> images) => output.WriteJson(json =>
    {
        json.WriteStartArray();
        foreach (ImageSummary image in images)
        {
            json.WriteStartObject();
            json.WriteString("name", image.Name);
            json.WriteString("digest", image.Digest.ToString());
            json.WriteString("platform", image.Platform);
            json.WriteNumber("layers", image.Layers);
            json.WriteNumber("sizeBytes", image.SizeBytes);
            json.WriteString("importedAt", image.ImportedAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
