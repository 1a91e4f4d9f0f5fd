using Skerry.Agent.Console;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Boot;

/// <summary>Loads the kernel modules an initramfs lists: one path per line, parameters behind it, in the order they need.</summary>
internal static class ModuleLoader
{
    /// <summary>Loads what <paramref name="listPath"/> names; without that file there is nothing to do.</summary>
    public static void LoadListed(string listPath, AgentLogger logger)
    {
        if (!File.Exists(listPath))
        {
            return;
        }

        var devices = new PresentDevices();
        foreach (string line in File.ReadAllLines(listPath))
        {
            if (devices.Include(line) && TryParse(line, out string path, out string parameters))
            {
                TryLoad(path, parameters, logger);
                devices.Forget();
            }
        }
    }

    /// <summary>Loads modules by name with the image's modprobe, which knows their places and dependencies.</summary>
    /// <exception cref="SkerryException">FailedPrecondition when the image has none, or it fails.</exception>
    public static async Task LoadNamedAsync(IEnumerable<KernelModule> modules, CancellationToken cancellationToken)
    {
        foreach (KernelModule module in modules)
        {
            if (!File.Exists(Modprobe.ProgramPath))
            {
                throw new SkerryException(
                    FailureKind.FailedPrecondition, $"cannot load kernel module \"{module.Name}\": the guest image has no {Modprobe.ProgramPath}", "list it when the image is built");
            }

            using SpawnedProcess modprobe = Spawner.Spawn(new SpawnRequest { Path = Modprobe.ProgramPath, Args = [Modprobe.ProgramPath, "-v", module.Name, .. module.Parameters] });
            ExitStatus status = await modprobe.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (status.ShellCode != 0)
            {
                throw new SkerryException(FailureKind.FailedPrecondition, $"cannot load kernel module \"{module.Name}\": modprobe ended with {status}");
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

    private static void TryLoad(string path, string parameters, AgentLogger logger)
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
