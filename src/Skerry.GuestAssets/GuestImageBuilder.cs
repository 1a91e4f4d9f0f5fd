using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Skerry.Core;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.GuestAssets;

/// <summary>
/// Builds what a sandbox boots: the guest kernel, unpacked where that is faster, and an initramfs with the agent as /init.
/// A second build of the same inputs does nothing. Every file appears under its name only when it is whole.
/// </summary>
public static class GuestImageBuilder
{
    /// <summary>Raise it when the same inputs give other outputs than before.</summary>
    private const string FormatVersion = "guest-image 4";
    internal const string StampFile = ".guest-image.json";
    private const string InitrdFile = GuestKernelFile.Initrd;
    private const int Steps = 5;

    /// <summary>Builds, or finds built, what <paramref name="request"/> asks for.</summary>
    /// <exception cref="GuestAssetException">Missing or unusable kernel, modules or agent; no space; nothing half-made is left.</exception>
    public static async Task<GuestImage> BuildAsync(
        GuestImageRequest request, IProgress<GuestImageProgress>? progress, CancellationToken cancellationToken)
    {
        Report(progress, "finding the guest kernel", 1);
        HostKernel kernel = await FindKernelAsync(request, progress, cancellationToken).ConfigureAwait(false);
        byte[] agent = ReadAgent(request.AgentPath);
        byte[] image = KernelFile.Read(kernel.ImagePath);
        (IReadOnlyList<KernelModule> modules, IReadOnlyList<KernelModule> onDemand) = await ResolveModulesAsync(request, kernel, cancellationToken).ConfigureAwait(false);

        string digest = Digest(request, kernel, agent, image, [.. modules, .. onDemand]);
        if (ReadStamp(request.OutputDirectory, digest) is { } stamp)
        {
            return Describe(request, stamp, rebuilt: false);
        }

        Report(progress, $"unpacking the kernel {kernel.Version}", 3);
        (string kernelFile, byte[] kernelBytes) = await PrepareKernelAsync(request, kernel, image, cancellationToken).ConfigureAwait(false);
        Report(progress, $"packing the initramfs with {modules.Count} modules", 4);
        byte[] initrd = InitramfsBuilder.Build(agent, modules, onDemand, request.Compression);
        Report(progress, $"writing to {request.OutputDirectory}", 5);
        var made = new GuestImageStamp
        {
            Version = GuestImageStamp.CurrentVersion,
            InputDigest = digest,
            KernelFile = kernelFile,
            KernelSource = kernel.ImagePath,
            KernelVersion = kernel.Version,
            KernelSizeBytes = kernelBytes.Length,
            InitrdSizeBytes = initrd.Length,
            Modules = modules.Select(module => module.Name).ToArray(),
        };
        await WriteAsync(request.OutputDirectory, made, kernelBytes, initrd, cancellationToken).ConfigureAwait(false);
        return Describe(request, made, rebuilt: true);
    }

    private static async Task<HostKernel> FindKernelAsync(
        GuestImageRequest request, IProgress<GuestImageProgress>? progress, CancellationToken cancellationToken)
    {
        if ((request.KernelPath ?? OwnKernel(request)) is { } path)
        {
            string version = KernelInspector.Inspect(path).Version;
            return new HostKernel(version, path, request.ModulesDirectory ?? GuestKernelFile.ModulesOf(path, version));
        }

        DebianKernelPackage? package = request.CacheDirectory is { } cache ? new DebianKernelPackage(cache) : null;
        if ((KernelFinder.FindNewest() ?? package?.FindUnpacked()) is { } found)
        {
            return found;
        }

        if (package is null)
        {
            throw new GuestAssetException(
                FailureKind.NotFound, "no guest kernel: /boot has no vmlinuz-*-cloud-amd64", "install linux-image-cloud-amd64, or give a kernel");
        }

        Report(progress, "downloading Debian's cloud kernel", 2);
        return await package.DownloadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The kernel that <c>skerry kernel install</c> put beside the results; null when there is none.</summary>
    private static string? OwnKernel(GuestImageRequest request) =>
        request.PreferOwnKernel ? GuestKernelFile.FindIn(Path.Combine(request.OutputDirectory, GuestKernelFile.OwnDirectory)) : null;

    /// <summary>The agent's program.</summary>
    /// <exception cref="GuestAssetException">NotFound; InvalidArgument when it is no program.</exception>
    internal static byte[] ReadAgent(string path)
    {
        byte[] agent = KernelFile.Read(path);
        return ElfFile.IsElf(agent)
            ? agent
            : throw new GuestAssetException(FailureKind.InvalidArgument, $"the agent \"{path}\" is no executable (ELF) file", "build it: make build");
    }

    /// <summary>What is loaded at the start, and what waits in the initramfs besides.</summary>
    private static async Task<(IReadOnlyList<KernelModule> Loaded, IReadOnlyList<KernelModule> OnDemand)> ResolveModulesAsync(
        GuestImageRequest request, HostKernel kernel, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> wanted = await WantedModulesAsync(request, kernel, cancellationToken).ConfigureAwait(false);
        if (kernel.ModulesDirectory is null)
        {
            return ([], []);
        }

        KernelModuleTree tree = KernelModuleTree.Open(kernel.ModulesDirectory);
        IReadOnlyList<KernelModule> loaded = await tree.ResolveAsync(wanted, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<KernelModule> later = await tree.ResolveAsync(request.OnDemandModules.Where(tree.Has), cancellationToken).ConfigureAwait(false);
        var names = loaded.Select(module => module.Name).ToHashSet(StringComparer.Ordinal);
        return (loaded, [.. later.Where(module => !names.Contains(module.Name))]);
    }

    /// <summary>A kernel that was chosen may have everything built in; Debian's has not, and its own list of what is built in says the rest.</summary>
    private static async Task<IReadOnlyList<string>> WantedModulesAsync(GuestImageRequest request, HostKernel kernel, CancellationToken cancellationToken)
    {
        bool chosen = request.KernelPath is not null || OwnKernel(request) is not null;
        return chosen && await KernelConfigReader.FindAsync(kernel.ImagePath, cancellationToken).ConfigureAwait(false) is { } config
            ? ModuleOptions.NotBuiltIn(request.Modules, config, kernel)
            : request.Modules;
    }

    private static async Task<(string File, byte[] Content)> PrepareKernelAsync(
        GuestImageRequest request, HostKernel kernel, byte[] image, CancellationToken cancellationToken)
    {
        KernelFormat format = KernelInspector.Inspect(image).Format;
        if (format == KernelFormat.BzImage && request.PreferVmlinux)
        {
            byte[] vmlinux = await VmlinuxExtractor.ExtractAsync(image, kernel.ImagePath, cancellationToken).ConfigureAwait(false);
            if (KernelInspector.Inspect(vmlinux).HasPvhEntry)
            {
                return (GuestKernelFile.Vmlinux, vmlinux);
            }
        }

        return (format == KernelFormat.Vmlinux ? GuestKernelFile.Vmlinux : GuestKernelFile.Vmlinuz, image);
    }

    private static string Digest(GuestImageRequest request, HostKernel kernel, byte[] agent, byte[] image, IReadOnlyList<KernelModule> modules)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{FormatVersion}\n{request.Compression}\n{request.PreferVmlinux}\n{kernel.Version}\n"));
        hash.AppendData(SHA256.HashData(agent));
        hash.AppendData(SHA256.HashData(image));
        foreach (KernelModule module in modules)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(module.Name + "\n"));
            hash.AppendData(SHA256.HashData(module.Content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static GuestImageStamp? ReadStamp(string directory, string digest)
    {
        try
        {
            GuestImageStamp? stamp = JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(directory, StampFile)), GuestImageStampJson.Default.GuestImageStamp);
            bool fits = stamp is { Version: GuestImageStamp.CurrentVersion } && stamp.InputDigest == digest
                && HasSize(Path.Combine(directory, stamp.KernelFile), stamp.KernelSizeBytes)
                && HasSize(Path.Combine(directory, InitrdFile), stamp.InitrdSizeBytes);
            return fits ? stamp : null;
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // No stamp, or one of another version: build.
        }
    }

    private static bool HasSize(string path, long size) => new FileInfo(path) is { Exists: true } file && file.Length == size;

    private static async Task WriteAsync(
        string directory, GuestImageStamp stamp, byte[] kernel, byte[] initrd, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(stamp, GuestImageStampJson.Default.GuestImageStamp);
        await AtomicFile.WriteAllAsync(
            [(Path.Combine(directory, stamp.KernelFile), kernel), (Path.Combine(directory, InitrdFile), initrd), (Path.Combine(directory, StampFile), json)],
            cancellationToken).ConfigureAwait(false);

        // Whoever looks for a kernel prefers vmlinux: one left by an earlier build with other options would win.
        string other = stamp.KernelFile == GuestKernelFile.Vmlinux ? GuestKernelFile.Vmlinuz : GuestKernelFile.Vmlinux;
        File.Delete(Path.Combine(directory, other));
    }

    private static GuestImage Describe(GuestImageRequest request, GuestImageStamp stamp, bool rebuilt)
    {
        string kernelPath = Path.Combine(request.OutputDirectory, stamp.KernelFile);
        return new GuestImage
        {
            KernelPath = kernelPath,
            InitrdPath = Path.Combine(request.OutputDirectory, InitrdFile),
            Kernel = KernelInspector.Inspect(kernelPath),
            KernelSource = stamp.KernelSource,
            Modules = stamp.Modules,
            KernelSizeBytes = stamp.KernelSizeBytes,
            InitrdSizeBytes = stamp.InitrdSizeBytes,
            Rebuilt = rebuilt,
        };
    }

    private static void Report(IProgress<GuestImageProgress>? progress, string step, int number) =>
        progress?.Report(new GuestImageProgress(step, number, Steps));
}
