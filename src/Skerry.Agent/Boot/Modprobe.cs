using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>
/// The agent called by another name: the guest's kernel runs /sbin/modprobe when something wants what is not loaded yet, as a container
/// that adds a bridge does (kernel.modprobe in Documentation/admin-guide/sysctl/kernel.rst). Only what the initramfs holds can be loaded.
/// </summary>
internal static class Modprobe
{
    /// <summary>Where an initramfs has its link to the agent, and a distribution its program.</summary>
    internal const string ProgramPath = "/sbin/modprobe";
    private const string IndexPath = "/etc/modules.index";
    private const int Failed = 1;

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
