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
        Description = "oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:TAG], rootfs:DIR, or docker://REFERENCE.",
    };

    internal ImageImportCommand(CliHost host)
        : base(host, "import", "Imports an image.")
    {
        Add(_name);
        Add(_source);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = new ImageStore(context.Host.DataDirectory);
        StoredImage image = await context.Output.ShowProgressAsync(progress => store.ImportAsync(
            context.Arguments.GetRequiredValue(_source), context.Arguments.GetValue(_name), new ImageProgressSteps(progress), cancellationToken));
        context.Output.WriteLine(image.Digest?.ToString() ?? image.Reference);
        return ExitCodes.Success;
    }
}
