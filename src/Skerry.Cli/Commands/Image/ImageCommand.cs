using System.CommandLine;

namespace Skerry.Cli.Commands.Image;

/// <summary><c>skerry image</c>: container images, and the guest image that every sandbox boots.</summary>
internal sealed class ImageCommand : Command
{
    internal ImageCommand(CliHost host)
        : base("image", "Works with images.")
    {
        Add(new ImageImportCommand(host));
        Add(new ImageListCommand(host));
        Add(new ImageRmCommand(host));
        Add(new ImageBuildCommand(host));
        Add(new ImageRootfsCommand(host));
    }
}
