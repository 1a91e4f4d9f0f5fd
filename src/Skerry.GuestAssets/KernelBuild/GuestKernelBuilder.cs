using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// Builds a guest kernel from Debian's source and our fragments. A second build of the same inputs does nothing, an interrupted one
/// goes on where it ended, and a result appears under its name only when it is whole.
/// </summary>
public sealed class GuestKernelBuilder(KernelBuildRequest request, IProgress<GuestImageProgress>? progress)
{
    /// <summary>Raise it when the same inputs give other results than before.</summary>
    private const string FormatVersion = "guest-kernel 1";
    private const string GeneratedConfigMark = "# Automatically generated file;";
    private const string ConfigStamp = ".skerry-config";
    private const string BusyMarker = ".skerry-building";
    private const int Steps = 5;
    private const int LinesBetweenReports = 50;

    private readonly string _work = Path.GetFullPath(request.WorkDirectory);

    /// <summary>Gets the source, patches it, makes the configuration, and checks that everything asked for is in it.</summary>
    /// <returns>The directory in which make can be run by hand.</returns>
    /// <exception cref="GuestAssetException">A missing source, program or option, each named.</exception>
    public async Task<string> SetupAsync(CancellationToken cancellationToken)
    {
        using FileStream held = Lock();
        KernelBuildPlan plan = await PlanAsync(cancellationToken).ConfigureAwait(false);
        await ConfigureAsync(plan, cancellationToken).ConfigureAwait(false);
        return plan.Objects;
    }

    /// <summary>Builds, or finds built, what is asked for.</summary>
    /// <exception cref="GuestAssetException">As for setup; FailedPrecondition when it does not compile; ResourceExhausted when the disk is full.</exception>
    public async Task<BuiltKernel> BuildAsync(CancellationToken cancellationToken)
    {
        using FileStream held = Lock();
        KernelBuildPlan plan = await PlanAsync(cancellationToken).ConfigureAwait(false);
        if (KernelBuildStamp.Read(plan.Result, plan.Digest) is { } stamp)
        {
            return stamp.Describe(plan.Result, rebuilt: false);
        }

        KernelMake make = await ConfigureAsync(plan, cancellationToken).ConfigureAwait(false);
        await CompileAsync(plan, make, cancellationToken).ConfigureAwait(false);
        Report($"writing to {plan.Result}", 5);
        return (await KernelArtifacts.CollectAsync(plan, request.Architecture, cancellationToken).ConfigureAwait(false)).Describe(plan.Result, rebuilt: true);
    }

    /// <summary>Puts a built kernel's files into <paramref name="directory"/>, building it first when it is not there.</summary>
    /// <exception cref="GuestAssetException">As for building; HostDenied or ResourceExhausted for the directory.</exception>
    public async Task<BuiltKernel> InstallAsync(string directory, CancellationToken cancellationToken)
    {
        BuiltKernel built = await BuildAsync(cancellationToken).ConfigureAwait(false);
        KernelBuildStamp stamp = KernelBuildStamp.Read(built.Directory)
            ?? throw new GuestAssetException(FailureKind.FailedPrecondition, $"the kernel in \"{built.Directory}\" was changed while it was installed", "try again");
        if (KernelBuildStamp.Read(directory, stamp.InputDigest) is not null)
        {
            return stamp.Describe(directory, rebuilt: false);
        }

        await stamp.WriteAsync(directory, stamp.SizesBytes.Keys.Select(name => (name, KernelFile.Read(Path.Combine(built.Directory, name)))), cancellationToken).ConfigureAwait(false);
        return stamp.Describe(directory, rebuilt: true);
    }

    private FileStream Lock()
    {
        string path = Path.Combine(_work, ".lock");
        try
        {
            Directory.CreateDirectory(_work);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot write in \"{_work}\"", "choose another work directory", cause);
        }
        catch (IOException cause)
        {
            throw new GuestAssetException(FailureKind.FailedPrecondition, $"another build uses \"{_work}\"", "wait for it, or choose another work directory", cause);
        }
    }

    private async Task<KernelBuildPlan> PlanAsync(CancellationToken cancellationToken)
    {
        Report("finding the kernel's source", 1);
        (KernelFragmentSet? fragments, string? config) = ReadConfiguration();
        KernelToolchain.Demand(request.Architecture, fragments);
        string source = request.SourcePath
            ?? await new DebianKernelSource(Path.Combine(_work, "downloads")).FindAsync(request.Version, request.Fresh, cancellationToken).ConfigureAwait(false);
        KernelSourceTree tree = await KernelSourceTree.IdentifyAsync(source, request.PatchDirectory, _work, cancellationToken).ConfigureAwait(false);
        string compiler = await KernelToolchain.DescribeAsync(request.Architecture, cancellationToken).ConfigureAwait(false);
        string configDigest = DigestOf($"{FormatVersion}\n{request.Architecture.Name}\n{compiler}\n{fragments?.Text}\n{config}");
        string digest = DigestOf($"{configDigest}\n{tree.Id}\n{request.BuildTime?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}");
        string name = $"{request.Architecture.Name}-{request.Flavour}-{tree.Id}";
        var plan = new KernelBuildPlan(tree, fragments, config, configDigest, digest, Path.Combine(_work, "build-" + name), Path.Combine(_work, "kernel-" + name));
        if (request.Fresh)
        {
            Discard(plan);
        }

        return plan;
    }

    private (KernelFragmentSet? Fragments, string? Config) ReadConfiguration()
    {
        KernelFragmentLibrary library = KernelFragmentLibrary.Open(request.FragmentsDirectory);
        if (request.ConfigPath is not { } path)
        {
            return (library.Choose(request.Architecture, request.Flavour, null), null);
        }

        KernelFragment own = KernelFragment.Read(path);
        return own.Text.StartsWith(GeneratedConfigMark, StringComparison.Ordinal) || own.Text.Contains("\n" + GeneratedConfigMark, StringComparison.Ordinal)
            ? (null, own.Text)
            : (library.Choose(request.Architecture, request.Flavour, own), null);
    }

    private async Task<KernelMake> ConfigureAsync(KernelBuildPlan plan, CancellationToken cancellationToken)
    {
        Report("unpacking the kernel's source", 2);
        await plan.Source.PrepareAsync(cancellationToken).ConfigureAwait(false);
        Report("configuring the kernel", 3);
        var make = new KernelMake(request.Architecture, plan.Source.Directory, plan.Objects, request.BuildTime ?? plan.Source.Time);
        string stamp = Path.Combine(plan.Objects, ConfigStamp);
        string config = Path.Combine(plan.Objects, ".config");
        if (File.Exists(config) && File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellationToken).ConfigureAwait(false) == plan.ConfigDigest)
        {
            return make;
        }

        if (plan.Fragments is { } fragments)
        {
            await make.RunAsync(["allnoconfig"], null, cancellationToken).ConfigureAwait(false);
            string start = await File.ReadAllTextAsync(config, cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(config, fragments.ApplyTo(start), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Directory.CreateDirectory(plan.Objects);
            await File.WriteAllTextAsync(config, plan.Config, cancellationToken).ConfigureAwait(false);
        }

        await make.RunAsync(["olddefconfig"], null, cancellationToken).ConfigureAwait(false);
        KernelConfig result = KernelConfig.Parse(await File.ReadAllTextAsync(config, cancellationToken).ConfigureAwait(false));
        KernelOptionSurvival.Demand(plan.Fragments?.Requests ?? [], result, KconfigSymbols.Read(plan.Source.Directory));
        await File.WriteAllTextAsync(stamp, plan.ConfigDigest, cancellationToken).ConfigureAwait(false);
        return make;
    }

    private async Task CompileAsync(KernelBuildPlan plan, KernelMake make, CancellationToken cancellationToken)
    {
        string busy = Path.Combine(plan.Objects, BusyMarker);
        if (File.Exists(busy))
        {
            InterruptedObjects.Remove(plan.Objects);
        }

        await File.WriteAllTextAsync(busy, string.Empty, cancellationToken).ConfigureAwait(false);
        int lines = 0;
        Report("compiling the kernel", 4);
        string jobs = request.Jobs.ToString(CultureInfo.InvariantCulture);
        string[] modules = KernelModuleFiles.AreBuilt(plan.Objects) ? ["modules"] : [];
        await make.RunAsync([$"-j{jobs}", "vmlinux", request.Architecture.ImageTarget, .. modules], CountLine, cancellationToken).ConfigureAwait(false);
        await KernelModuleFiles.GatherAsync(plan.Objects, make, cancellationToken).ConfigureAwait(false);
        File.Delete(busy);

        void CountLine()
        {
            if (++lines % LinesBetweenReports == 0)
            {
                Report($"compiling the kernel, {lines} files so far", 4);
            }
        }
    }

    private static void Discard(KernelBuildPlan plan)
    {
        plan.Source.Discard();
        foreach (string directory in new[] { plan.Objects, plan.Result }.Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private void Report(string step, int number) => progress?.Report(new GuestImageProgress(step, number, Steps));
}
