using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>
/// The agent called by another name: the guest's kernel runs it when something wants what is not loaded yet, as a container that adds a
/// bridge does (kernel.modprobe in Documentation/admin-guide/sysctl/kernel.rst). Only what the initramfs holds can be loaded.
/// </summary>
internal static class Modprobe
{
    /// <summary>Where an initramfs has its link to the agent. The kernel does not look there by itself, so that it starts nothing while it boots.</summary>
    private const string LinkPath = "/lib/modules/modprobe";

    /// <summary>Where a distribution has its program.</summary>
    private const string DistributionPath = "/sbin/modprobe";
    private const string KernelSetting = "/proc/sys/kernel/modprobe";
    private const string IndexPath = "/etc/modules.index";
    private const int Failed = 1;

    /// <summary>The program that loads modules in this guest.</summary>
    internal static string ProgramPath => File.Exists(LinkPath) ? LinkPath : DistributionPath;

    /// <summary>Has the kernel ask from now on, in a guest whose initramfs has modules to offer.</summary>
    internal static void Offer()
    {
        if (File.Exists(LinkPath))
        {
            File.WriteAllText(KernelSetting, LinkPath);
        }
    }

    /// <summary>Whether a process started with this name is to do modprobe's work.</summary>
    internal static bool IsCalledAs(string program) => Path.GetFileName(program) == "modprobe";

    /// <summary>Loads a module as <c>modprobe [-q] [-v] [--] NAME [PARAMETER=VALUE…]</c>.</summary>
    /// <returns>The exit code: 0 when it is loaded, also before.</returns>
    internal static int Run(IReadOnlyList<string> arguments)
    {
        string[] words = [.. arguments.SkipWhile(word => word.StartsWith('-'))];
        if (words.Length == 0)
        {
            return Failed;
        }

        try
        {
            IReadOnlyList<string> modules = ModuleIndex.Parse(File.ReadLines(IndexPath)).LoadOrder(words[0]);
            foreach (string module in modules)
            {
                KernelModules.Load($"/lib/modules/{module}.ko", module == modules[^1] ? string.Join(' ', words[1..]) : string.Empty);
            }

            return modules.Count > 0 ? 0 : Failed;
        }
        catch (Exception error) when (error is SyscallException or IOException)
        {
            System.Console.Error.WriteLine($"modprobe: {words[0]}: {error.Message}");
            return Failed;
        }
    }
}
