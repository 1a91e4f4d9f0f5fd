using System.CommandLine;
using System.Globalization;
using Skerry.Cli.Output;
using Skerry.Core;
using Skerry.GuestAssets;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.Cli.Commands.Kernel;

/// <summary>What the three steps of building a kernel share: the options that say which kernel.</summary>
internal abstract class KernelStepCommand : SkerryCommand
{
    private readonly Option<string?> _version = CommandLineParts.Text("--release", "VERSION", "Debian's source: 6.1, 6.1.176, 6.1.176-1 or newest; without it 6.1.", "-v");
    private readonly Option<string?> _source = CommandLineParts.Text("--source", "PATH", "A source tree, or a tarball of one, instead of Debian's.", "-k");
    private readonly Option<string?> _architecture = CommandLineParts.Text("--arch", "ARCH", "x86_64 or aarch64; without it this machine's.", "-a");
    private readonly Option<string?> _flavour = CommandLineParts.Text("--flavour", "NAME", "default, gpu, gpu-intel, debug, hardened or confidential; without it default.");
    private readonly Option<string?> _config = CommandLineParts.Text("--kernel-config", "FILE", "A fragment that wins over ours, or a whole .config that takes their place.", "-c");
    private readonly Option<string?> _patches = CommandLineParts.Text("--patches", "DIR", "Patches (*.patch) for the source, applied in the order of their names.", "-p");
    private readonly Option<string?> _fragments = CommandLineParts.Text("--fragments", "DIR", "Fragments to take instead of the built-in ones.");
    private readonly Option<string?> _work = CommandLineParts.Text("--work", "DIR", "Where source and objects are kept, about 3 GB; without it the data directory.", "-w");
    private readonly Option<int> _jobs = new("--jobs", "-j") { Description = "How many files are compiled at once; without it one per processor.", HelpName = "N" };
    private readonly Option<bool> _fresh = CommandLineParts.Flag("--fresh", "Throw away what an earlier build left, and look for a newer source.", "-f");

    protected KernelStepCommand(CliHost host, string name, string description)
        : base(host, name, description)
    {
        foreach (Option option in new Option[] { _version, _source, _architecture, _flavour, _config, _patches, _fragments, _work, _jobs, _fresh })
        {
            Add(option);
        }
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        KernelBuildRequest request = Read(context);
        return RunAsync(context, progress => new GuestKernelBuilder(request, new StepProgress(progress)), cancellationToken);
    }

    /// <summary>Does this step's work.</summary>
    protected abstract Task<int> RunAsync(CommandContext context, Func<IProgress<ProgressStep>, GuestKernelBuilder> open, CancellationToken cancellationToken);

    /// <summary>Says what was built and where it lies.</summary>
    protected static void Show(CommandContext context, BuiltKernel kernel)
    {
        context.Output.WriteLine($"kernel {kernel.Version} in {kernel.Directory}, {(kernel.Rebuilt ? "built" : "up to date")}");
        foreach ((string name, long bytes) in kernel.SizesBytes.Where(pair => pair.Value >= 1024 && !IsModule(pair.Key)))
        {
            ShowSize(context, name, bytes);
        }

        long[] modules = [.. kernel.SizesBytes.Where(pair => IsModule(pair.Key)).Select(pair => pair.Value)];
        if (modules.Length > 0)
        {
            ShowSize(context, GuestKernelFile.ModulesDirectory, modules.Sum());
        }
    }

    private static bool IsModule(string name) => name.StartsWith(GuestKernelFile.ModulesDirectory + "/", StringComparison.Ordinal);

    private static void ShowSize(CommandContext context, string name, long bytes) =>
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0,7:F1} MiB  {name}"));

    private KernelBuildRequest Read(CommandContext context)
    {
        ParseResult arguments = context.Arguments;
        var request = new KernelBuildRequest
        {
            WorkDirectory = arguments.GetValue(_work) ?? Path.Combine(context.Host.DataDirectory, "kernel-build"),
            SourcePath = arguments.GetValue(_source),
            ConfigPath = arguments.GetValue(_config),
            PatchDirectory = arguments.GetValue(_patches),
            FragmentsDirectory = arguments.GetValue(_fragments),
            Fresh = arguments.GetValue(_fresh),
            BuildTime = BuildTime(context.Host.Environment("SOURCE_DATE_EPOCH")),
        };
        request = arguments.GetValue(_version) is { } version ? request with { Version = version } : request;
        request = arguments.GetValue(_architecture) is { } architecture ? request with { Architecture = KernelArchitecture.Parse(architecture) } : request;
        request = arguments.GetValue(_flavour) is { } flavour ? request with { Flavour = flavour } : request;
        return arguments.GetValue(_jobs) is > 0 and var jobs ? request with { Jobs = jobs } : request;
    }

    /// <summary>The time to build in, as reproducible-builds.org has it; null without.</summary>
    private static DateTimeOffset? BuildTime(string? epoch)
    {
        const long endOf9999 = 253402300799;
        if (string.IsNullOrEmpty(epoch))
        {
            return null;
        }

        return long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= endOf9999
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new GuestAssetException(FailureKind.InvalidArgument, $"SOURCE_DATE_EPOCH is \"{epoch}\"", "set it to seconds since 1970, or unset it");
    }

    private sealed class StepProgress(IProgress<ProgressStep> progress) : IProgress<GuestImageProgress>
    {
        public void Report(GuestImageProgress value) => progress.Report(new ProgressStep(value.Step, (double)value.Number / value.Count));
    }
}
