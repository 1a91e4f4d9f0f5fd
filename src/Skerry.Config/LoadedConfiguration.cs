using Skerry.Config.Keys;

namespace Skerry.Config;

/// <summary>A configuration with its history: what was read, what had no effect, and where each value comes from.</summary>
public sealed record LoadedConfiguration
{
    private readonly IReadOnlyDictionary<string, ConfigSetting> _settings = new Dictionary<string, ConfigSetting>();

    internal LoadedConfiguration()
    {
    }

    /// <summary>The configuration in force.</summary>
    public required SkerryConfig Config { get; init; }

    /// <summary>The files read, the main file first, then the drop-ins in their order; empty when there was none.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>What is odd but harmless; log each once.</summary>
    public required IReadOnlyList<ConfigWarning> Warnings { get; init; }

    /// <summary>What was set by files, flags and annotations, by the full name of its key; the last one won.</summary>
    internal IReadOnlyDictionary<string, ConfigSetting> Set
    {
        get => _settings;
        init => _settings = value;
    }

    /// <summary>How many processors the host has.</summary>
    internal int HostProcessors { get; init; }

    /// <summary>Every key that has a value in force: all obeyed ones, and those others that were set.</summary>
    public IEnumerable<ConfigSetting> Settings => ConfigKeys.All
        .Where(key => key.Read is not null || _settings.ContainsKey(key.FullName))
        .Select(key => new ConfigSetting(key, ValueOf(key), OriginOf(key.FullName)));

    /// <summary>Where the value of a key comes from.</summary>
    /// <param name="fullName">The key's full name, as in <c>hypervisor.default_memory</c>.</param>
    public ConfigOrigin OriginOf(string fullName) => _settings.TryGetValue(fullName, out ConfigSetting? setting) && !setting.IsIdle ? setting.Origin : ConfigOrigin.Default;

    /// <summary>True when a file, flag or annotation set the key; false when its default is in force.</summary>
    public bool IsSet(string fullName) => _settings.ContainsKey(fullName);

    private Toml.TomlValue? ValueOf(ConfigKey key) =>
        key.Status == KeyStatus.Obeyed ? key.Read?.Invoke(Config) : _settings[key.FullName].Value;
}
