namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// The modules of a kernel that loads some, laid out as modprobe looks for them below /lib/modules. Also without a module of its own such a
/// kernel has a list of what is built in, which a module from elsewhere is resolved against.
/// </summary>
internal static class KernelModuleFiles
{
    private const string GatheredDirectory = ".skerry-modules";

    /// <summary>Whether the kernel that is configured in <paramref name="objects"/> can load modules.</summary>
    internal static bool AreBuilt(string objects) => KernelConfig.Parse(File.ReadAllText(Path.Combine(objects, ".config")))["MODULES"] == "y";

    /// <summary>Has the kernel's build gather what it made, without symbols for debuggers; what an earlier build gathered is removed.</summary>
    internal static async Task GatherAsync(string objects, KernelMake make, CancellationToken cancellationToken)
    {
        string directory = Path.Combine(objects, GatheredDirectory);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        if (AreBuilt(objects))
        {
            await make.RunAsync(["modules_install", $"INSTALL_MOD_PATH={directory}", "INSTALL_MOD_STRIP=1"], null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What was gathered, under names as in "modules/6.1.176-skerry/modules.dep"; links to the source are left out.</summary>
    internal static IEnumerable<(string Name, byte[] Content)> Read(string objects)
    {
        string directory = Path.Combine(objects, GatheredDirectory, "lib/modules");
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string path in Directory.EnumerateFiles(directory, "*", options))
        {
            yield return (Path.Combine(GuestKernelFile.ModulesDirectory, Path.GetRelativePath(directory, path)), KernelFile.Read(path));
        }
    }
}
