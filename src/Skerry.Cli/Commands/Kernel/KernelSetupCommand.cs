using Skerry.Cli.Output;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.Cli.Commands.Kernel;

/// <summary><c>skerry kernel setup</c>: everything up to compiling.</summary>
internal sealed class KernelSetupCommand(CliHost host)
    : KernelStepCommand(host, "setup", "Gets the source, patches it, makes the configuration and checks it.")
{
    protected override async Task<int> RunAsync(
        CommandContext context, Func<IProgress<ProgressStep>, GuestKernelBuilder> open, CancellationToken cancellationToken)
    {
        string directory = await context.Output.ShowProgressAsync(progress => open(progress).SetupAsync(cancellationToken));
        context.Output.WriteLine($"configured in {directory}; everything asked for is in its .config");
        return ExitCodes.Success;
    }
}
