using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>Loads the kernel modules an initramfs lists: one path per line, parameters behind it, in the order they need.</summary>
internal static class ModuleLoader
{
    /// <summary>Loads what <paramref name="listPath"/> names; without that file there is nothing to do.</summary>
    public static void LoadListed(string listPath, ILogger logger)
    {
        if (!File.Exists(listPath))
        {
            return;
        }

        foreach (string line in File.ReadAllLines(listPath))
        {
            if (ModuleCondition.Of(line).IsMet() && TryParse(line, out string path, out string parameters))
            {
                TryLoad(path, parameters, logger);
            }
        }
    }

    /// <summary>Splits a line into path and parameters; false for a blank line and a comment.</summary>
    internal static bool TryParse(string line, out string path, out string parameters)
    {
        string[] words = line.Split('#', 2)[0].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        path = words.Length > 0 ? words[0] : string.Empty;
        parameters = words.Length > 1 ? words[1] : string.Empty;
        return path.Length > 0;
    }

    private static void TryLoad(string path, string parameters, ILogger logger)
    {
        try
        {
            if (KernelModules.Load(path, parameters))
            {
                Log.ModuleLoaded(logger, path);
            }
        }
        catch (SkerryException error)
        {
            Log.BootStepFailed(logger, $"load module {path}", error);
        }
    }
}
