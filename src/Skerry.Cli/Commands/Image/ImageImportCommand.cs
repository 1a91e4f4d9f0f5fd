using System.CommandLine;
using Skerry.Cli.Output;
using Skerry.Images;

namespace Skerry.Cli.Commands.Image;

/// <summary><c>skerry image import</c>: brings an image into the store, unpacked, under a name.</summary>
internal sealed class ImageImportCommand : SkerryCommand
{
    private readonly Option<string?> _name = CommandLineParts.Text("--name", "NAME", "The name; without it the one the image has.", "-n");

    private readonly Argument<string> _source = new("SOURCE")
    {
        Description = "oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:TAG], rootfs:DIR, docker://REFERENCE, or busybox:FILE for an image made around a static busybox.",
    };

    internal ImageImportCommand(CliHost host)
        : base(host, "import", "Imports an image.")
    {
        Add(_name);
        Add(_source);
        Add(GlobalOptions.Json);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string source = context.Arguments.GetRequiredValue(_source);
        string? name = context.Arguments.GetValue(_name);
        if (!BusyboxSource.Is(source))
        {
            return await ImportAsync(context, source, name, cancellationToken);
        }

        string scratch = Directory.CreateTempSubdirectory("skerry-busybox-").FullName;
        try
        {
            return await ImportAsync(context, await BusyboxSource.WriteLayoutAsync(source, scratch, cancellationToken), name ?? "busybox", cancellationToken);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<int> ImportAsync(CommandContext context, string source, string? name, CancellationToken cancellationToken)
    {
        var store = new ImageStore(context.Host.DataDirectory);
        StoredImage image = await context.Output.ShowProgressAsync(progress =>
            store.ImportAsync(source, name, new ImageProgressSteps(progress), cancellationToken));
        if (context.WantsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("reference", image.Reference);
                json.WriteString("digest", image.Digest?.ToString());
                json.WriteNumber("layers", image.LayerDirectories.Count);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Output.WriteLine(image.Digest?.ToString() ?? image.Reference);
        }

        return ExitCodes.Success;
    }
}
