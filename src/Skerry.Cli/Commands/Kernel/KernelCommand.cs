using System.CommandLine;

namespace Skerry.Cli.Commands.Kernel;

/// <summary><c>skerry kernel</c>: builds guest kernels of the user's own.</summary>
internal sealed class KernelCommand : Command
{
    internal KernelCommand(CliHost host)
        : base("kernel", "Builds a guest kernel from Debian's source.")
    {
        Add(new KernelSetupCommand(host));
        Add(new KernelMakeCommand(host));
        Add(new KernelInstallCommand(host));
    }
}
