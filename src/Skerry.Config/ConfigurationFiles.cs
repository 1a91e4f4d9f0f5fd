using Skerry.Core;

namespace Skerry.Config;

/// <summary>Finds the configuration: the search order, and the drop-in directory beside the file found.</summary>
internal static class ConfigurationFiles
{
    /// <summary>The main file; null when none was asked for and none is found, so that the built-in defaults hold.</summary>
    /// <exception cref="SkerryException">NotFound when a file that was asked for does not exist.</exception>
    internal static string? FindMain(ConfigurationRequest request)
    {
        foreach ((string? asked, string by) in AskedFor(request))
        {
            if (!string.IsNullOrEmpty(asked))
            {
                return File.Exists(asked)
                    ? Path.GetFullPath(asked)
                    : throw new SkerryException(FailureKind.NotFound, $"there is no configuration file \"{asked}\"", $"it was named by {by}");
            }
        }

        return SearchPath(request).FirstOrDefault(File.Exists);
    }

    /// <summary>The places searched when no file was asked for, in order.</summary>
    internal static IReadOnlyList<string> SearchPath(ConfigurationRequest request) =>
    [
        Path.Combine(request.EtcDirectory, "skerry/configuration.toml"),
        Path.Combine(request.EtcDirectory, "kata-containers/configuration.toml"),
        request.Prefix.Resolve("share/skerry/configuration.toml"),
    ];

    /// <summary>The drop-ins of a main file: every file of <c>config.d/</c> beside it, in the order of their names' bytes.</summary>
    internal static IReadOnlyList<string> DropIns(string mainFile)
    {
        string target = File.ResolveLinkTarget(mainFile, returnFinalTarget: true)?.FullName ?? mainFile;
        string directory = Path.Combine(Path.GetDirectoryName(mainFile) ?? "/", "config.d");
        if (!Directory.Exists(directory))
        {
            directory = Path.Combine(Path.GetDirectoryName(target) ?? "/", "config.d");
        }

        return Directory.Exists(directory) ? [.. Directory.GetFiles(directory).Order(StringComparer.Ordinal)] : [];
    }

    private static IEnumerable<(string? Path, string By)> AskedFor(ConfigurationRequest request) =>
    [
        (request.ConfigPath, "the caller (--config, or the task's ConfigPath option)"),
        (request.Environment("SKERRY_CONFIG"), "SKERRY_CONFIG"),
        (request.Environment("KATA_CONF_FILE"), "KATA_CONF_FILE"),
    ];
}
