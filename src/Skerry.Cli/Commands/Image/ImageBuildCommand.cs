using System.CommandLine;
using Skerry.Core;
using Skerry.GuestAssets;

namespace Skerry.Cli.Commands.Image;

/// <summary><c>skerry image build</c>: makes what a sandbox boots: kernel and initramfs, or a disk image from a root file system.</summary>
internal sealed class ImageBuildCommand : SkerryCommand
{
    private readonly Option<string?> _output = CommandLineParts.Text("--output", "PATH", "The directory for kernel and initramfs, or the file for a --format or --rootfs; without it share/skerry beside the programs.", "-o");
    private readonly Option<string?> _format = CommandLineParts.Text("--format", "FORMAT", "initramfs, or a disk image: ext4, xfs or erofs.", "-f");
    private readonly Option<string?> _rootfs = CommandLineParts.Text("--rootfs", "DIR", "The directory to make it from; without it the agent alone.");
    private readonly Option<bool> _verity = CommandLineParts.Flag("--verity", "Add a dm-verity hash tree, so that the guest boots nothing else.");
    private readonly Option<string?> _architecture = CommandLineParts.Text("--arch", "ARCH", "The guest's architecture, x86_64 or aarch64; without it the host's.");
    private readonly Option<string?> _kernel = CommandLineParts.Text("--kernel", "FILE", "The kernel; without it the one of \"skerry kernel install\", else the newest cloud kernel in /boot, else Debian's, downloaded.");
    private readonly Option<string?> _modules = CommandLineParts.Text("--modules", "DIR", "The kernel's modules; without it modules/VERSION beside it, or /lib/modules/VERSION.");
    private readonly Option<string[]> _module = CommandLineParts.List("--module", "NAME", "A further module for the initramfs, loaded when the guest starts.");
    private readonly Option<string?> _agent = CommandLineParts.Text("--agent", "FILE", "The agent's program; without it skerry-agent beside this one.");
    private readonly Option<string?> _cache = CommandLineParts.Text("--cache", "DIR", "Where a downloaded kernel is kept; without it the data directory.");
    private readonly Option<bool> _debianKernel = CommandLineParts.Flag("--debian-kernel", "Take Debian's kernel, also when \"skerry kernel install\" made one.");
    private readonly Option<bool> _offline = CommandLineParts.Flag("--offline", "Never download a kernel.");

    internal ImageBuildCommand(CliHost host)
        : base(host, "build", "Makes what a sandbox boots: kernel and initramfs, or a root disk image.")
    {
        Add(_output);
        Add(_format);
        Add(_rootfs);
        Add(_verity);
        Add(_architecture);
        Add(_kernel);
        Add(_modules);
        Add(_module);
        Add(_agent);
        Add(_cache);
        Add(_debianKernel);
        Add(_offline);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Arguments.GetValue(_format) is not null || context.Arguments.GetValue(_rootfs) is not null)
        {
            return await RootImageBuild.RunAsync(context, ReadRootImage(context), cancellationToken);
        }

        if (context.Arguments.GetValue(_verity))
        {
            throw new SkerryException(FailureKind.InvalidArgument, "an initramfs cannot be verified by dm-verity", "add --format ext4, xfs or erofs");
        }

        GuestImageRequest request = Read(context);
        GuestImage image = await context.Output.ShowProgressAsync(progress =>
            GuestImageBuilder.BuildAsync(request, new GuestImageSteps(progress), cancellationToken));
        string state = image.Rebuilt ? "built" : "up to date";
        context.Output.WriteLine($"kernel    {image.KernelPath} ({image.Kernel.Version}, {RootImageBuild.Mebibytes(image.KernelSizeBytes)}), {state}");
        context.Output.WriteLine($"initramfs {image.InitrdPath} ({RootImageBuild.Mebibytes(image.InitrdSizeBytes)}, {image.Modules.Count} modules), {state}");
        return ExitCodes.Success;
    }

    private RootImageOptions ReadRootImage(CommandContext context)
    {
        ParseResult arguments = context.Arguments;
        string format = arguments.GetValue(_format) ?? "initramfs";
        return new RootImageOptions(
            format,
            arguments.GetValue(_rootfs),
            arguments.GetValue(_output) ?? Path.Combine(CliHost.ShareDirectory, format == "initramfs" ? "rootfs-initrd.img" : $"rootfs-{format}.img"),
            arguments.GetValue(_verity),
            arguments.GetValue(_architecture),
            Agent(arguments));
    }

    private string Agent(ParseResult arguments) => arguments.GetValue(_agent) ?? Path.Combine(CliHost.BinDirectory, "skerry-agent");

    private GuestImageRequest Read(CommandContext context)
    {
        ParseResult arguments = context.Arguments;
        return new GuestImageRequest
        {
            AgentPath = Agent(arguments),
            OutputDirectory = arguments.GetValue(_output) ?? CliHost.ShareDirectory,
            KernelPath = arguments.GetValue(_kernel),
            PreferOwnKernel = !arguments.GetValue(_debianKernel),
            ModulesDirectory = arguments.GetValue(_modules),
            Modules = [.. GuestImageRequest.DefaultModules, .. arguments.GetValue(_module) ?? []],
            CacheDirectory = arguments.GetValue(_offline) ? null : arguments.GetValue(_cache) ?? Path.Combine(context.Host.DataDirectory, "kernel"),
        };
    }
}
