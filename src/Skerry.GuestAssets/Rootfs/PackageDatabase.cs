using Skerry.Core;

namespace Skerry.GuestAssets.Rootfs;

/// <summary>Reads which packages are installed in a root file system, from dpkg's or apk's database.</summary>
internal static class PackageDatabase
{
    private const long MostBytes = 64L << 20;

    /// <summary>The installed packages by name; none for a root without a database that we know.</summary>
    /// <exception cref="GuestAssetException">HostDenied when the database cannot be read.</exception>
    internal static IReadOnlyList<InstalledPackage> Read(RootfsTree tree)
    {
        string distribution = Distribution(tree);
        IEnumerable<InstalledPackage> packages = tree.Find("var/lib/dpkg/status") is { } dpkg ? Dpkg(Text(dpkg), distribution)
            : tree.Find("lib/apk/db/installed") is { } apk ? Apk(Text(apk))
            : [];
        return [.. packages.OrderBy(package => package.Name, StringComparer.Ordinal).ThenBy(package => package.Version, StringComparer.Ordinal)];
    }

    /// <summary>dpkg's status: fields "Name: value", a blank line behind each package.</summary>
    internal static IEnumerable<InstalledPackage> Dpkg(string status, string distribution)
    {
        foreach (Dictionary<string, string> fields in Stanzas(status, ": "))
        {
            if (fields.GetValueOrDefault("Status", "install ok installed").EndsWith(" installed", StringComparison.Ordinal)
                && fields.TryGetValue("Package", out string? name) && fields.TryGetValue("Version", out string? version))
            {
                yield return new InstalledPackage(name, version, $"pkg:deb/{distribution}/{name}@{Uri.EscapeDataString(version)}?arch={fields.GetValueOrDefault("Architecture", "all")}");
            }
        }
    }

    /// <summary>apk's database: "P:name", "V:version", "A:architecture", a blank line behind each package.</summary>
    internal static IEnumerable<InstalledPackage> Apk(string database)
    {
        foreach (Dictionary<string, string> fields in Stanzas(database, ":"))
        {
            if (fields.TryGetValue("P", out string? name) && fields.TryGetValue("V", out string? version))
            {
                yield return new InstalledPackage(name, version, $"pkg:apk/alpine/{name}@{Uri.EscapeDataString(version)}?arch={fields.GetValueOrDefault("A", "noarch")}");
            }
        }
    }

    private static IEnumerable<Dictionary<string, string>> Stanzas(string text, string separator)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n').Append(string.Empty))
        {
            if (line.Length == 0)
            {
                yield return fields;
                fields = new Dictionary<string, string>(StringComparer.Ordinal);
            }
            else if (line.Split(separator, 2) is [var name, var value] && !name.StartsWith(' '))
            {
                fields[name] = value.Trim();
            }
        }
    }

    private static string Distribution(RootfsTree tree)
    {
        string release = tree.Find("etc/os-release") is { } file ? Text(file) : string.Empty;
        string? id = release.Split('\n').FirstOrDefault(line => line.StartsWith("ID=", StringComparison.Ordinal));
        return id is null ? "debian" : id[3..].Trim('"', ' ');
    }

    private static string Text(RootfsEntry file)
    {
        try
        {
            return file.SizeBytes <= MostBytes
                ? File.ReadAllText(file.SourcePath)
                : throw new GuestAssetException(FailureKind.InvalidArgument, $"\"{file.SourcePath}\" has {file.SizeBytes} bytes, too many for a list of packages");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new GuestAssetException(FailureKind.HostDenied, $"cannot read \"{file.SourcePath}\"", cause: cause);
        }
    }
}
