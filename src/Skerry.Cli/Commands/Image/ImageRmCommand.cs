using System.CommandLine;
using Skerry.Images;

namespace Skerry.Cli.Commands.Image;

/// <summary><c>skerry image rm</c>: takes names away, and the layers that nothing needs any more.</summary>
internal sealed class ImageRmCommand : SkerryCommand
{
    private readonly Argument<string[]> _names = new("NAME") { Description = "The images.", Arity = ArgumentArity.OneOrMore };

    internal ImageRmCommand(CliHost host)
        : base(host, "rm", "Removes images.") => Add(_names);

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = new ImageStore(context.Host.DataDirectory);
        foreach (string name in context.Arguments.GetRequiredValue(_names))
        {
            await store.RemoveAsync(name, cancellationToken);
        }

        return ExitCodes.Success;
    }
}
