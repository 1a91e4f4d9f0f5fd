using System.Text;
using Skerry.Core;

namespace Skerry.GuestAssets.KernelBuild;

/// <summary>
/// Debian's kernel source, the package <c>linux-source-VERSION</c>: installed in /usr/src, kept from an earlier download, or
/// downloaded by apt-get without installing it. Needs no root.
/// </summary>
internal sealed class DebianKernelSource(string downloadDirectory, string installedDirectory = "/usr/src")
{
    private const string PackagePrefix = "linux-source-";

    /// <summary>The source's tarball.</summary>
    /// <param name="version">A series as in "6.1", a release as in "6.1.176", a package's version as in "6.1.176-1", or "newest".</param>
    /// <param name="fresh">Do not take what was downloaded earlier.</param>
    /// <exception cref="GuestAssetException">NotFound for a version that nobody has, listing those that can be had; Unavailable when apt cannot download it.</exception>
    internal async Task<string> FindAsync(string version, bool fresh, CancellationToken cancellationToken)
    {
        if (version == "newest")
        {
            version = await ListSeriesAsync(cancellationToken).ConfigureAwait(false) is [.., var newest]
                ? newest
                : throw new GuestAssetException(FailureKind.NotFound, "apt knows no linux-source package", "run apt-get update, or give a source by path");
        }

        string installed = Path.Combine(installedDirectory, $"{PackagePrefix}{version}.tar.xz");
        if (File.Exists(installed))
        {
            return installed;
        }

        return (fresh ? null : FindDownloaded(version)) ?? await DownloadAsync(version, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every package and version that can be had, as in "6.1 (6.1.192-2, 6.1.190-1)".</summary>
    internal static async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        foreach (string series in await ListSeriesAsync(cancellationToken).ConfigureAwait(false))
        {
            IReadOnlyList<string> versions = await ListVersionsAsync(series, cancellationToken).ConfigureAwait(false);
            lines.Add($"{series} ({string.Join(", ", versions)})");
        }

        return lines.Count > 0 ? string.Join("; ", lines) : "none";
    }

    /// <summary>The series in what "apt-cache search --names-only" prints, oldest first.</summary>
    internal static IReadOnlyList<string> ParseSeries(string searchOutput) =>
        [.. searchOutput.Split('\n')
            .Select(line => line.Split(' ')[0])
            .Where(name => name.StartsWith(PackagePrefix, StringComparison.Ordinal))
            .Select(name => name[PackagePrefix.Length..])
            .Where(series => series.Length > 0 && series.All(c => char.IsAsciiDigit(c) || c == '.'))
            .Distinct()
            .Order(Comparer<string>.Create(KernelFinder.CompareVersions))];

    /// <summary>The versions in what "apt-cache madison" prints, newest first.</summary>
    internal static IReadOnlyList<string> ParseVersions(string madisonOutput) =>
        [.. madisonOutput.Split('\n')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(fields => fields.Length >= 3 && !fields[2].EndsWith(" Sources", StringComparison.Ordinal))
            .Select(fields => fields[1])
            .Distinct()];

    /// <summary>"6.1" of "6.1", "6.1.176" and "6.1.176-1".</summary>
    internal static string SeriesOf(string version) => string.Join('.', version.Split('-', '.').Take(2));

    private string? FindDownloaded(string version)
    {
        if (!Directory.Exists(downloadDirectory))
        {
            return null;
        }

        return Directory.EnumerateFiles(downloadDirectory, $"{PackagePrefix}*.tar.xz")
            .Where(path => Matches(VersionIn(path), version))
            .MaxBy(VersionIn, Comparer<string>.Create(KernelFinder.CompareVersions));
    }

    private static string VersionIn(string path) => Path.GetFileName(path)[PackagePrefix.Length..^".tar.xz".Length];

    private static bool Matches(string packageVersion, string wanted) =>
        packageVersion == wanted || (packageVersion.StartsWith(wanted, StringComparison.Ordinal) && packageVersion[wanted.Length] is '.' or '-');

    private async Task<string> DownloadAsync(string version, CancellationToken cancellationToken)
    {
        string series = SeriesOf(version);
        IReadOnlyList<string> offered = await ListVersionsAsync(series, cancellationToken).ConfigureAwait(false);
        string chosen = offered.FirstOrDefault(candidate => Matches(candidate, version))
            ?? throw new GuestAssetException(
                FailureKind.NotFound,
                $"Debian's kernel source {version} is not to be had",
                $"apt offers: {await ListAsync(cancellationToken).ConfigureAwait(false)}; or run apt-get update, or give a tarball or tree by path");
        Directory.CreateDirectory(downloadDirectory);
        string scratch = Path.Combine(downloadDirectory, $".download-{Guid.NewGuid():N}");
        Directory.CreateDirectory(scratch);
        try
        {
            return await DownloadIntoAsync(scratch, series, chosen, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private async Task<string> DownloadIntoAsync(string scratch, string series, string version, CancellationToken cancellationToken)
    {
        string package = $"{PackagePrefix}{series}={version}";
        ToolResult result = await Tool.RunAsync("apt-get", ["download", "-q", package], "apt", default, cancellationToken, scratch).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new GuestAssetException(FailureKind.Unavailable, $"cannot download {package}: {result.LastError}", "run apt-get update and try again; or give a tarball or tree by path");
        }

        string file = Directory.GetFiles(scratch, "*.deb").Single();
        result = await Tool.RunAsync("dpkg-deb", ["-x", file, Path.Combine(scratch, "x")], "dpkg", default, cancellationToken).ConfigureAwait(false);
        string tarball = Path.Combine(scratch, $"x/usr/src/{PackagePrefix}{series}.tar.xz");
        if (result.ExitCode != 0 || !File.Exists(tarball))
        {
            throw new GuestAssetException(FailureKind.ResourceExhausted, $"cannot unpack {package}: {result.LastError}", $"it needs 300 MB in {downloadDirectory}");
        }

        string kept = Path.Combine(downloadDirectory, $"{PackagePrefix}{version}.tar.xz");
        File.Move(tarball, kept, overwrite: true);
        return kept;
    }

    private static async Task<IReadOnlyList<string>> ListSeriesAsync(CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync("apt-cache", ["search", "--names-only", "^linux-source-[0-9]"], "apt", default, cancellationToken).ConfigureAwait(false);
        return ParseSeries(Encoding.UTF8.GetString(result.Output));
    }

    private static async Task<IReadOnlyList<string>> ListVersionsAsync(string series, CancellationToken cancellationToken)
    {
        ToolResult result = await Tool.RunAsync("apt-cache", ["madison", PackagePrefix + series], "apt", default, cancellationToken).ConfigureAwait(false);
        return ParseVersions(Encoding.UTF8.GetString(result.Output));
    }
}
