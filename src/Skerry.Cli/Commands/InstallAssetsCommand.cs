using System.CommandLine;
using Skerry.Config;
using Skerry.Core;
using Skerry.GuestAssets.Installation;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry install-assets</c>: puts a built kernel or image in place and points the configuration at it, or takes it back.</summary>
internal sealed class InstallAssetsCommand : SkerryCommand
{
    private readonly Option<string?> _image = CommandLineParts.Text("--image", "FILE", "A root disk image of \"skerry image build --format\", or an initramfs.");
    private readonly Option<string?> _kernel = CommandLineParts.Text("--kernel", "FILE", "A guest kernel.");
    private readonly Option<string?> _directory = CommandLineParts.Text("--directory", "DIR", "Where they go; without it share/skerry beside the programs.");
    private readonly Option<bool> _restore = CommandLineParts.Flag("--restore", "Bring back the assets before the last installation.");

    internal InstallAssetsCommand(CliHost host)
        : base(host, "install-assets", "Puts a built kernel or image in place and points the configuration at it.")
    {
        Add(_image);
        Add(_kernel);
        Add(_directory);
        Add(_restore);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        LoadedConfiguration loaded = context.LoadConfiguration();
        string file = loaded.Files.Count > 0
            ? loaded.Files[0]
            : throw new SkerryException(FailureKind.NotFound, "there is no configuration file to point at the assets", "make one, as in /etc/skerry/configuration.toml; it may be empty");
        ParseResult arguments = context.Arguments;
        if (arguments.GetValue(_restore))
        {
            await AssetInstaller.RestoreAsync(file, cancellationToken);
            context.Output.WriteLine("restored: see skerry env");
            return ExitCodes.Success;
        }

        var request = new InstallRequest
        {
            ConfigurationFile = file,
            Directory = arguments.GetValue(_directory) ?? CliHost.ShareDirectory,
            Image = arguments.GetValue(_image),
            Kernel = arguments.GetValue(_kernel),
            CurrentKernel = loaded.Config.Hypervisor.Kernel,
        };
        foreach (string line in await AssetInstaller.InstallAsync(request, cancellationToken))
        {
            context.Output.WriteLine(line);
        }

        return ExitCodes.Success;
    }
}
