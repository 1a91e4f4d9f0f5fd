using Skerry.Config.Keys;
using Skerry.Config.Toml;

namespace Skerry.Config;

/// <summary>One key with the value in force and where that comes from.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null for a key that is unset.</param>
/// <param name="Origin">Where it was set.</param>
public sealed record ConfigSetting(ConfigKey Key, TomlValue? Value, ConfigOrigin Origin)
{
    /// <summary>True when an obeyed key holds a value that has no effect yet, so that its default stays in force.</summary>
    internal bool IsIdle => Key.Status == KeyStatus.Obeyed && Value is not null && Key.HasNoEffectFor(Value);
}
