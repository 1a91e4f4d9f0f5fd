using System.Globalization;
using Skerry.Config.Keys;
using Skerry.Config.Toml;

namespace Skerry.Config;

/// <summary>Collects settings and faults in the order they are read; a later setting of a key takes the place of an earlier one.</summary>
internal sealed class SettingCollector
{
    private readonly Dictionary<string, ConfigSetting> _byName;
    private readonly List<ConfigFault> _faults = [];
    private readonly List<ConfigWarning> _oddities = [];

    internal SettingCollector()
        : this([])
    {
    }

    /// <summary>Starts from what was set before.</summary>
    internal SettingCollector(IEnumerable<ConfigSetting> earlier) =>
        _byName = earlier.ToDictionary(setting => setting.Key.FullName, StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, ConfigSetting> ByName => _byName;

    internal IReadOnlyList<ConfigFault> Faults => _faults;

    /// <summary>The settings that have an effect.</summary>
    internal IEnumerable<ConfigSetting> InForce => _byName.Values.Where(HasEffect);

    internal void AddSyntaxErrors(string file, IEnumerable<TomlError> errors)
    {
        foreach (TomlError error in errors)
        {
            _faults.Add(new ConfigFault(new ConfigOrigin(file, error.Position.Line), string.Create(CultureInfo.InvariantCulture, $"column {error.Position.Column}: {error.Message}")));
        }
    }

    internal void AddFault(ConfigOrigin origin, string message) => _faults.Add(new ConfigFault(origin, message));

    internal void AddWarning(string message) => _oddities.Add(new ConfigWarning(message));

    /// <summary>Checks a value and takes it; <paramref name="written"/> is the key as it was spelt.</summary>
    internal void Add(ConfigKey key, string written, TomlValue value, ConfigOrigin origin)
    {
        if (!key.Accepts(value))
        {
            AddFault(origin, $"{written} = {Shorten(value)}: accepted is {key.Accepted}");
        }
        else if (key.Status == KeyStatus.Refused && !value.IsOff())
        {
            AddFault(origin, $"{written} = {Shorten(value)} asks for a protection that cannot be given: {key.Reason}");
        }
        else
        {
            _byName[key.FullName] = new ConfigSetting(key, value, origin);
        }
    }

    /// <summary>Checks a value given as text, by a flag or an annotation.</summary>
    internal void AddText(ConfigKey key, string text, ConfigOrigin origin)
    {
        if (KeyText.TryParse(key, text, out TomlValue? value))
        {
            Add(key, key.Name, value, origin);
        }
        else
        {
            AddFault(origin, $"{key.Name} = \"{text}\": accepted is {key.Accepted}");
        }
    }

    /// <summary>One warning that names every key set without effect, grouped by the reason, and what else was odd.</summary>
    /// <param name="subject">What set them: the main file, or "annotations".</param>
    /// <param name="isNew">Which settings to speak about.</param>
    internal IEnumerable<ConfigWarning> Warnings(string subject, Func<ConfigSetting, bool> isNew)
    {
        List<ConfigSetting> idle = [.. _byName.Values.Where(isNew).Where(setting => setting.Key.Status == KeyStatus.NotYet || setting.IsIdle)];
        if (idle.Count > 0)
        {
            IEnumerable<string> reasons = idle.GroupBy(setting => setting.Key.Reason, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"{group.Key} ({string.Join(", ", group.Select(setting => setting.Key.Name).Order(StringComparer.Ordinal))})");
            string what = idle.Count == 1 ? "1 key is set that has no effect" : $"{idle.Count} keys are set that have no effect";
            yield return new ConfigWarning($"{subject}: {what}: {string.Join("; ", reasons)}");
        }

        foreach (ConfigWarning oddity in _oddities)
        {
            yield return oddity;
        }
    }

    private static bool HasEffect(ConfigSetting setting) => setting.Key.Status == KeyStatus.Obeyed && !setting.IsIdle;

    private static string Shorten(TomlValue value)
    {
        string text = value.ToString();
        return text.Length <= 80 ? text : text[..77] + "...";
    }
}
