using System.CommandLine;
using Skerry.Core;
using Skerry.GuestAssets.Rootfs;

namespace Skerry.Cli.Commands.Image;

/// <summary><c>skerry image rootfs</c>: makes a guest's root file system, from which <c>skerry image build</c> makes an image.</summary>
internal sealed class ImageRootfsCommand : SkerryCommand
{
    private readonly Argument<string?> _distribution = new("DISTRO") { Description = "tiny (the agent alone), or a distribution; see --list.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _list = CommandLineParts.Flag("--list", "List the distributions and what each needs.", "-l");
    private readonly Option<string?> _output = CommandLineParts.Text("--output", "DIR", "The directory to make; without it rootfs-DISTRO.", "-o");
    private readonly Option<string?> _suite = CommandLineParts.Text("--suite", "NAME", "The distribution's release, as in trixie.");
    private readonly Option<string?> _mirror = CommandLineParts.Text("--mirror", "URL", "Where packages come from.");
    private readonly Option<string[]> _packages = CommandLineParts.List("--package", "NAME", "A further package to install.");
    private readonly Option<string?> _agent = CommandLineParts.Text("--agent", "FILE", "The agent's program; without it skerry-agent beside this one.");
    private readonly Option<bool> _systemd = CommandLineParts.Flag("--systemd", "systemd is the guest's init, and the agent its service; without it the agent is init.");
    private readonly Option<string?> _modules = CommandLineParts.Text("--modules", "DIR", "Kernel modules to put in, a directory named after the kernel's release.");

    internal ImageRootfsCommand(CliHost host)
        : base(host, "rootfs", "Makes a guest's root file system with the agent in it.")
    {
        Add(_distribution);
        Option[] options = [_list, _output, _suite, _mirror, _packages, _agent, _systemd, _modules];
        foreach (Option option in options)
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Arguments.GetValue(_list))
        {
            foreach (RootfsRecipe recipe in RootfsRecipe.All)
            {
                context.Output.WriteLine($"{recipe.Name,-12} {recipe.Suite,-10} {(recipe.IsProven ? "tested" : "unproven"),-9} needs {recipe.Needs}");
            }

            return ExitCodes.Success;
        }

        RootfsRequest request = Read(context.Arguments);
        RootfsRecipe used = await context.Output.ShowProgressAsync(progress => RootfsBuilder.BuildAsync(request, new GuestImageSteps(progress), cancellationToken));
        context.Output.WriteLine($"rootfs    {Path.GetFullPath(request.Directory)} ({used.Name}, {(request.AgentIsInit ? "the agent is init" : "systemd starts the agent")})");
        if (!used.IsProven)
        {
            context.Output.WriteLine($"notice: the recipe of {used.Name} is unproven: nobody booted a guest from it yet");
        }

        return ExitCodes.Success;
    }

    private RootfsRequest Read(ParseResult arguments)
    {
        string distribution = arguments.GetValue(_distribution)
            ?? throw new SkerryException(FailureKind.InvalidArgument, "no distribution is named", "skerry image rootfs --list shows them");
        return new RootfsRequest
        {
            Distribution = distribution,
            Directory = arguments.GetValue(_output) ?? $"rootfs-{distribution}",
            AgentPath = arguments.GetValue(_agent) ?? Path.Combine(CliHost.BinDirectory, "skerry-agent"),
            AgentIsInit = !arguments.GetValue(_systemd),
            Suite = arguments.GetValue(_suite),
            Mirror = arguments.GetValue(_mirror),
            ExtraPackages = arguments.GetValue(_packages) ?? [],
            ModulesDirectory = arguments.GetValue(_modules),
            Epoch = RootImageBuild.Epoch(),
        };
    }
}
