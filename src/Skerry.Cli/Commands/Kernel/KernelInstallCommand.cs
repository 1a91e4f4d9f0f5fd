using System.CommandLine;
using Skerry.Cli.Output;
using Skerry.GuestAssets;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.Cli.Commands.Kernel;

/// <summary><c>skerry kernel install</c>: puts a built kernel where <c>skerry image build</c> finds it.</summary>
internal sealed class KernelInstallCommand : KernelStepCommand
{
    private readonly Option<string?> _output = CommandLineParts.Text("--output", "DIR", "Where the kernel goes; without it share/skerry/kernel beside the programs.", "-o");

    internal KernelInstallCommand(CliHost host)
        : base(host, "install", "Puts the kernel where \"skerry image build\" takes it from, after building it where that was not done.") => Add(_output);

    protected override async Task<int> RunAsync(
        CommandContext context, Func<IProgress<ProgressStep>, GuestKernelBuilder> open, CancellationToken cancellationToken)
    {
        string directory = context.Arguments.GetValue(_output)
            ?? Path.GetFullPath(Path.Combine(CliHost.BinDirectory, "..", "share", "skerry", GuestKernelFile.OwnDirectory));
        Show(context, await context.Output.ShowProgressAsync(progress => open(progress).InstallAsync(directory, cancellationToken)));
        return ExitCodes.Success;
    }
}
