using Skerry.Config;

namespace Skerry.Cli.Checks;

/// <summary>What is checked: the machine, under a configuration.</summary>
/// <param name="Host">The surroundings of the program.</param>
/// <param name="Configuration">The configuration in force.</param>
/// <param name="Proc">Where procfs is mounted.</param>
internal sealed record CheckSubject(CliHost Host, LoadedConfiguration Configuration, string Proc = "/proc")
{
    /// <summary>The VMM's part of the configuration.</summary>
    internal HypervisorConfig Hypervisor => Configuration.Config.Hypervisor;

    /// <summary>Says which key names a file, and where that was set.</summary>
    internal string SetBy(string key) => $"set {key} in [hypervisor.{Hypervisor.Kind}] (now from {Configuration.OriginOf("hypervisor." + key)})";

    /// <summary>Finds a program in PATH; null when it is not there.</summary>
    internal string? FindProgram(string name) => (Host.Environment("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(IsExecutable);

    /// <summary>True for a file that somebody may execute.</summary>
    internal static bool IsExecutable(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
