using System.Globalization;
using Skerry.Core;

namespace Skerry.GuestAssets.Rootfs;

/// <summary>
/// Makes a root file system with the agent in it: the agent alone, or a distribution's by its own tool. It is made beside its place and
/// put there whole, so that an interrupted build leaves the former one.
/// </summary>
public static class RootfsBuilder
{
    private const int Steps = 3;

    /// <summary>Makes what <paramref name="request"/> asks for; returns the recipe that was used.</summary>
    /// <exception cref="GuestAssetException">Unknown distribution, a missing tool, a tool that failed, no agent.</exception>
    public static async Task<RootfsRecipe> BuildAsync(
        RootfsRequest request, IProgress<GuestImageProgress>? progress, CancellationToken cancellationToken)
    {
        RootfsRecipe recipe = Find(request);
        GuestImageBuilder.ReadAgent(request.AgentPath);
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Directory));
        CheckReplaceable(target);
        using WorkDirectory work = await WorkDirectory.TakeAsync(target, cancellationToken).ConfigureAwait(false);
        string root = work["rootfs"];
        progress?.Report(new GuestImageProgress($"making the root file system of {recipe.Name}", 1, Steps));
        if (recipe.Program.Length > 0)
        {
            await RunToolAsync(recipe, request, root, cancellationToken).ConfigureAwait(false);
        }

        progress?.Report(new GuestImageProgress("adding the agent", 2, Steps));
        if (recipe.Program.Length == 0)
        {
            TinyRootfs.Create(root, request.AgentPath);
        }
        else
        {
            AgentInstallation.Install(root, request.AgentPath, request.AgentIsInit);
        }

        AddModules(request, root);
        progress?.Report(new GuestImageProgress($"writing {target}", 3, Steps));
        PutInPlace(root, target, work["former"]);
        return recipe;
    }

    private static RootfsRecipe Find(RootfsRequest request)
    {
        RootfsRecipe recipe = RootfsRecipe.All.FirstOrDefault(known => known.Name == request.Distribution)
            ?? throw new GuestAssetException(
                FailureKind.InvalidArgument,
                $"there is no recipe for \"{request.Distribution}\"",
                $"use one of {string.Join(", ", RootfsRecipe.All.Select(known => known.Name))}");
        bool systemd = recipe.Name is not ("tiny" or "alpine");
        return request.AgentIsInit || systemd
            ? recipe
            : throw new GuestAssetException(FailureKind.InvalidArgument, $"{recipe.Name} has no systemd to start the agent", "make the agent init");
    }

    /// <summary>Only what is empty, or looks like a root with an agent, is replaced: a mistyped path must not cost somebody a home directory.</summary>
    private static void CheckReplaceable(string target)
    {
        bool ours = !Path.Exists(target) || (Directory.Exists(target)
            && (!Directory.EnumerateFileSystemEntries(target).Any() || File.Exists(Path.Combine(target, RootfsAgent.ServicePath))));
        if (!ours)
        {
            throw new GuestAssetException(
                FailureKind.AlreadyExists, $"\"{target}\" is there and is no root file system that this command made", "remove it, or name another directory");
        }
    }

    private static async Task RunToolAsync(RootfsRecipe recipe, RootfsRequest request, string root, CancellationToken cancellationToken)
    {
        string suite = request.Suite ?? recipe.Suite;
        string[] arguments = recipe.Program switch
        {
            "mmdebstrap" => Mmdebstrap(request, suite, root),
            "apk" => ["--root", root, "--initdb", "--repository", $"{request.Mirror ?? "https://dl-cdn.alpinelinux.org/alpine"}/{suite}/main", "add", "alpine-base", .. request.ExtraPackages],
            _ => ["--installroot", root, "--releasever", suite, "--setopt=install_weak_deps=False", "-y", "install", "coreutils", "kmod", .. request.AgentIsInit ? (string[])[] : ["systemd"], .. request.ExtraPackages],
        };
        string time = string.Create(CultureInfo.InvariantCulture, $"SOURCE_DATE_EPOCH={request.Epoch}");
        RequireProgram(recipe);
        ToolResult result = await Tool.RunAsync("env", [time, recipe.Program, .. arguments], recipe.Package, default, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            bool full = result.LastError.Contains("No space left", StringComparison.Ordinal);
            throw new GuestAssetException(
                full ? FailureKind.ResourceExhausted : FailureKind.Unavailable,
                $"{recipe.Program} could not make the root file system of {recipe.Name} {suite}: {result.LastError}",
                full ? "make room, or choose another directory" : $"it needs {recipe.Needs}");
        }
    }

    /// <summary>Without documentation and translations, which nobody reads in a guest.</summary>
    private static string[] Mmdebstrap(RootfsRequest request, string suite, string root)
    {
        string[] packages = [.. request.AgentIsInit ? (string[])["kmod"] : ["systemd", "systemd-sysv", "dbus", "kmod"], .. request.ExtraPackages];
        string[] excluded = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*"];
        string[] mirror = request.Mirror is { } given ? [given] : [];
        return
        [
            "--variant=essential", $"--include={string.Join(',', packages)}", "--aptopt=APT::Install-Recommends \"false\"",
            .. excluded.Select(path => $"--dpkgopt=path-exclude={path}"), suite, root, .. mirror,
        ];
    }

    private static void RequireProgram(RootfsRecipe recipe)
    {
        string[] places = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/usr/sbin").Split(':');
        if (!places.Any(place => File.Exists(Path.Combine(place, recipe.Program))))
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot run \"{recipe.Program}\"", $"install it: apt-get install {recipe.Package}");
        }
    }

    private static void AddModules(RootfsRequest request, string root)
    {
        if (request.ModulesDirectory is not { } modules)
        {
            return;
        }

        if (!Directory.Exists(modules))
        {
            throw new GuestAssetException(FailureKind.NotFound, $"the kernel modules \"{modules}\" do not exist");
        }

        string target = Path.Combine(root, "lib/modules", Path.GetFileName(Path.TrimEndingDirectorySeparator(modules)));
        foreach (string file in Directory.EnumerateFiles(modules, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(modules, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    private static void PutInPlace(string root, string target, string former)
    {
        if (Directory.Exists(target))
        {
            Directory.Move(target, former);
        }

        Directory.Move(root, target);
    }
}
