using System.Collections.Frozen;

namespace Skerry.Config.Keys;

/// <summary>The table of every key: Kata 4.1's, in both its dialects, and Skerry's own.</summary>
public static partial class ConfigKeys
{
    /// <summary>Every key, table by table.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
        [.. HypervisorKeys(), .. LaterHypervisorKeys(), .. AgentKeys(), .. RuntimeKeys(), .. FactoryKeys()];

    private static readonly FrozenDictionary<string, ConfigKey> BySpelling = All
        .SelectMany(key => key.Aliases.Append(key.FullName).Select(spelling => KeyValuePair.Create(spelling, key)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds a key by its table and a name of either dialect; null when there is none.</summary>
    public static ConfigKey? Find(string table, string name) => BySpelling.GetValueOrDefault($"{table}.{name}");

    /// <summary>Finds a key by its full name, as in <c>hypervisor.default_memory</c>.</summary>
    /// <exception cref="ArgumentException">There is no such key.</exception>
    public static ConfigKey Get(string fullName) =>
        BySpelling.GetValueOrDefault(fullName) ?? throw new ArgumentException($"no key \"{fullName}\"", nameof(fullName));

    /// <summary>Every spelling that may stand in <paramref name="table"/>.</summary>
    internal static IEnumerable<string> NamesIn(string table)
    {
        string prefix = table + ".";
        return BySpelling.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !name.AsSpan(prefix.Length).Contains('.'))
            .Select(name => name[prefix.Length..]);
    }

    private static ConfigKey Later(string table, KeyType type, string name, string meaning, string reason, string? annotation = null, params string[] aliases) => new()
    {
        Table = table,
        Name = name,
        Type = type,
        Meaning = meaning,
        Reason = reason,
        Annotation = annotation,
        Aliases = aliases,
    };

    private static ConfigKey Refused(string table, KeyType type, string name, string meaning, string reason, string? annotation = null) =>
        Later(table, type, name, meaning, reason, annotation) with { Status = KeyStatus.Refused };
}
