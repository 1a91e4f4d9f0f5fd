using Skerry.Cli.Output;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.Cli.Commands.Kernel;

/// <summary><c>skerry kernel build</c>: compiles.</summary>
internal sealed class KernelMakeCommand(CliHost host)
    : KernelStepCommand(host, "build", "Builds the kernel, after setup where that was not done. Does nothing when it is built.")
{
    protected override async Task<int> RunAsync(
        CommandContext context, Func<IProgress<ProgressStep>, GuestKernelBuilder> open, CancellationToken cancellationToken)
    {
        Show(context, await context.Output.ShowProgressAsync(progress => open(progress).BuildAsync(cancellationToken)));
        return ExitCodes.Success;
    }
}
