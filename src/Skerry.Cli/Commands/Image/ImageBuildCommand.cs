using System.CommandLine;
using Skerry.Cli.Output;
using Skerry.GuestAssets;

namespace Skerry.Cli.Commands.Image;

/// <summary><c>skerry image build</c>: makes what a sandbox boots, kernel and initramfs.</summary>
internal sealed class ImageBuildCommand : SkerryCommand
{
    private readonly Option<string?> _output = CommandLineParts.Text("--output", "DIR", "Where kernel and initramfs go; without it share/skerry beside the programs.", "-o");
    private readonly Option<string?> _kernel = CommandLineParts.Text("--kernel", "FILE", "The kernel; without it the one of \"skerry kernel install\", else the newest cloud kernel in /boot, else Debian's, downloaded.");
    private readonly Option<string?> _modules = CommandLineParts.Text("--modules", "DIR", "The kernel's modules; without it /lib/modules/VERSION.");
    private readonly Option<string?> _agent = CommandLineParts.Text("--agent", "FILE", "The agent's program; without it skerry-agent beside this one.");
    private readonly Option<string?> _cache = CommandLineParts.Text("--cache", "DIR", "Where a downloaded kernel is kept; without it the data directory.");
    private readonly Option<bool> _debianKernel = CommandLineParts.Flag("--debian-kernel", "Take Debian's kernel, also when \"skerry kernel install\" made one.");
    private readonly Option<bool> _offline = CommandLineParts.Flag("--offline", "Never download a kernel.");

    internal ImageBuildCommand(CliHost host)
        : base(host, "build", "Makes the guest kernel and the initramfs that holds the agent.")
    {
        Add(_output);
        Add(_kernel);
        Add(_modules);
        Add(_agent);
        Add(_cache);
        Add(_debianKernel);
        Add(_offline);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        GuestImageRequest request = Read(context);
        GuestImage image = await context.Output.ShowProgressAsync(progress =>
            GuestImageBuilder.BuildAsync(request, new StepProgress(progress), cancellationToken));
        string state = image.Rebuilt ? "built" : "up to date";
        context.Output.WriteLine($"kernel    {image.KernelPath} ({image.Kernel.Version}, {Mebibytes(image.KernelSizeBytes)}), {state}");
        context.Output.WriteLine($"initramfs {image.InitrdPath} ({Mebibytes(image.InitrdSizeBytes)}, {image.Modules.Count} modules), {state}");
        return ExitCodes.Success;
    }

    private GuestImageRequest Read(CommandContext context)
    {
        ParseResult arguments = context.Arguments;
        return new GuestImageRequest
        {
            AgentPath = arguments.GetValue(_agent) ?? Path.Combine(CliHost.BinDirectory, "skerry-agent"),
            OutputDirectory = arguments.GetValue(_output) ?? Path.GetFullPath(Path.Combine(CliHost.BinDirectory, "..", "share", "skerry")),
            KernelPath = arguments.GetValue(_kernel),
            PreferOwnKernel = !arguments.GetValue(_debianKernel),
            ModulesDirectory = arguments.GetValue(_modules),
            CacheDirectory = arguments.GetValue(_offline) ? null : arguments.GetValue(_cache) ?? Path.Combine(context.Host.DataDirectory, "kernel"),
        };
    }

    private static string Mebibytes(long bytes) => $"{bytes / 1048576.0:F1} MiB";

    private sealed class StepProgress(IProgress<ProgressStep> progress) : IProgress<GuestImageProgress>
    {
        public void Report(GuestImageProgress value) => progress.Report(new ProgressStep(value.Step, (double)value.Number / value.Count));
    }
}
