namespace Skerry.Config.Tests;

/// <summary>A private directory with an <c>etc</c> and a prefix in it, and an environment of its own.</summary>
internal sealed class ConfigScene : IDisposable
{
    private readonly Dictionary<string, string> _environment = [];

    internal string Root { get; } = Directory.CreateTempSubdirectory("skerry-config-").FullName;

    internal string Etc => Path.Combine(Root, "etc");

    internal string PrefixPath => Path.Combine(Root, "prefix");

    internal string EtcFile => Path.Combine(Etc, "skerry/configuration.toml");

    internal string KataFile => Path.Combine(Etc, "kata-containers/configuration.toml");

    internal string PrefixFile => Path.Combine(PrefixPath, "share/skerry/configuration.toml");

    internal ConfigurationRequest Request => new()
    {
        Prefix = new InstallPrefix(PrefixPath),
        EtcDirectory = Etc,
        Environment = _environment.GetValueOrDefault,
        HostProcessors = 4,
    };

    public void Dispose() => Directory.Delete(Root, recursive: true);

    internal string Write(string path, string text)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    internal void SetEnvironment(string name, string value) => _environment[name] = value;

    internal LoadedConfiguration Load(string? text = null)
    {
        if (text is not null)
        {
            Write(EtcFile, text);
        }

        return ConfigurationLoader.Load(Request);
    }

    internal IReadOnlyList<string> Faults(string text) =>
        [.. Assert.Throws<ConfigurationException>(() => Load(text)).Faults.Select(fault => fault.ToString().Replace(EtcFile, "FILE", StringComparison.Ordinal))];
}
