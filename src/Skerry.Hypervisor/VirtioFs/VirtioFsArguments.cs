using System.Globalization;
using Skerry.Core;

namespace Skerry.Hypervisor.VirtioFs;

/// <summary>Builds a virtiofsd's arguments in its dialect. Pure.</summary>
internal static class VirtioFsArguments
{
    /// <summary>The number under which the daemon inherits its listening socket.</summary>
    internal const int SocketDescriptor = 3;

    /// <summary>Options of the Rust daemon with the C daemon's word for the same; those with an empty one are the C daemon's way anyway.</summary>
    private static readonly Dictionary<string, string> s_toC = new(StringComparer.Ordinal)
    {
        ["--announce-submounts"] = "announce_submounts",
        ["--xattr"] = "xattr",
        ["--posix-acl"] = "posix_acl",
        ["--writeback"] = "writeback",
        ["--allow-direct-io"] = "allow_direct_io",
        ["--no-readdirplus"] = "no_readdirplus",
        ["--killpriv-v2"] = "killpriv_v2",
        ["--no-killpriv-v2"] = "no_killpriv_v2",
        ["--security-label"] = "security_label",
        ["--sandbox=chroot"] = "sandbox=chroot",
        ["--sandbox=namespace"] = "sandbox=namespace",
        ["--syslog"] = "",
    };

    /// <param name="config">The daemon.</param>
    /// <param name="dialect">Whose options it understands.</param>
    /// <param name="openFilesLimit">The limit it may raise itself to: our own hard one, since more needs CAP_SYS_RESOURCE.</param>
    /// <exception cref="HypervisorException">InvalidArgument for an unknown cache mode, or an option the C daemon has no word for.</exception>
    internal static IReadOnlyList<string> Build(VirtioFsDaemonConfig config, VirtioFsDialect dialect, ulong openFilesLimit)
    {
        string[] common = [Text($"--fd={SocketDescriptor}"), Text($"--rlimit-nofile={openFilesLimit}")];
        IEnumerable<string> dialectal = dialect == VirtioFsDialect.C
            ? ["-f", "-o", $"source={EscapeComma(config.SharedDirectory)}", "-o", $"cache={CacheInC(config.Cache)}", .. config.ExtraArguments.SelectMany(TranslateToC)]
            : [$"--shared-dir={config.SharedDirectory}", $"--cache={CacheInRust(config.Cache)}", .. config.ExtraArguments];
        return [.. common, .. dialectal];
    }

    private static IEnumerable<string> TranslateToC(string argument)
    {
        if (s_toC.TryGetValue(argument, out string? word))
        {
            return word.Length > 0 ? ["-o", word] : ["--syslog"];
        }

        bool unknown = argument.StartsWith("--", StringComparison.Ordinal) && !IsSharedOption(argument);
        return unknown
            ? throw new HypervisorException(
                FailureKind.InvalidArgument,
                $"virtio_fs_extra_args has \"{argument}\", for which QEMU's own virtiofsd has no option",
                "remove it, or set virtio_fs_daemon to the Rust virtiofsd")
            : [argument];
    }

    private static bool IsSharedOption(string argument) =>
        argument.StartsWith("--thread-pool-size=", StringComparison.Ordinal) || argument.StartsWith("--rlimit-nofile=", StringComparison.Ordinal);

    private static string CacheInC(string cache) => cache switch
    {
        "never" or "none" => "none",
        "metadata" or "auto" => "auto",
        "always" => "always",
        _ => throw UnknownCache(cache),
    };

    private static string CacheInRust(string cache) => cache switch
    {
        "never" or "none" => "never",
        "metadata" or "auto" or "always" => cache,
        _ => throw UnknownCache(cache),
    };

    private static HypervisorException UnknownCache(string cache) =>
        new(FailureKind.InvalidArgument, $"virtio_fs_cache \"{cache}\" is unknown", "use \"never\", \"metadata\", \"auto\" or \"always\"");

    /// <summary>libfuse ends an option at a comma unless a backslash stands before it.</summary>
    private static string EscapeComma(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
