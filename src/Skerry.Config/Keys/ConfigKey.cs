using Skerry.Config.Toml;

namespace Skerry.Config.Keys;

/// <summary>
/// One key of the configuration. Reading files, annotations and flags, the reference page, the sample file, <c>skerry env</c>
/// and <c>skerry config lint</c> are all driven by the table of these, <see cref="ConfigKeys"/>.
/// </summary>
public sealed record ConfigKey
{
    /// <summary>The table it stands in: <c>hypervisor</c>, <c>agent</c>, <c>agent.mem_agent</c>, <c>runtime</c> or <c>factory</c>.</summary>
    public required string Table { get; init; }

    /// <summary>Its name in Kata's Go dialect.</summary>
    public required string Name { get; init; }

    /// <summary>The type of its value.</summary>
    public required KeyType Type { get; init; }

    /// <summary>What it does, in one sentence; what it is measured in stands here.</summary>
    public required string Meaning { get; init; }

    /// <summary>Which values it accepts.</summary>
    public KeyRange Range { get; init; } = KeyRange.Any;

    /// <summary>Whether it has an effect.</summary>
    public KeyStatus Status { get; init; } = KeyStatus.NotYet;

    /// <summary>Why it has no effect or is refused; empty for a key obeyed with every value.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>The values of an obeyed key that are accepted without effect; they leave the default in place.</summary>
    internal Func<TomlValue, bool> HasNoEffectFor { get; init; } = _ => false;

    /// <summary>Other spellings, each with its table, as in <c>agent.create_container_timeout</c>: the other dialect's, mostly.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The name below <c>io.katacontainers.config.TABLE.</c> a pod may set it by; null when no annotation does.</summary>
    public string? Annotation { get; init; }

    /// <summary>True for a key that Kata does not have.</summary>
    public bool IsOurOwn { get; init; }

    /// <summary>The default in words, where it depends on the machine; null when it can be read from <see cref="SkerryConfig.CreateDefault"/>.</summary>
    public string? DefaultInWords { get; init; }

    /// <summary>The table and the name: <c>hypervisor.default_memory</c>.</summary>
    public string FullName => $"{Table}.{Name}";

    /// <summary>Takes the value out of a configuration; null when it is unset. Only for obeyed keys.</summary>
    internal Func<SkerryConfig, TomlValue?>? Read { get; init; }

    /// <summary>Puts a checked value into a configuration. Only for obeyed keys.</summary>
    internal Func<SkerryConfig, TomlValue, SkerryConfig>? Write { get; init; }

    /// <summary>The type and range in words, for messages: "an integer, 96 to 16777216".</summary>
    public string Accepted => Range.Text.Length == 0 ? TypeInWords : $"{TypeInWords}: {Range.Text}";

    /// <summary>The type in words, with its article.</summary>
    public string TypeInWords => Type switch
    {
        KeyType.Boolean => "true or false",
        KeyType.Integer => "an integer",
        KeyType.Number => "a number",
        KeyType.Text => "a string",
        KeyType.TextList => "an array of strings",
        KeyType.Table => "a table",
        _ => "an array of tables",
    };

    /// <summary>True when <paramref name="value"/> has the type and lies in the range.</summary>
    public bool Accepts(TomlValue value) => HasType(value) && Range.Accepts(value);

    private bool HasType(TomlValue value) => Type switch
    {
        KeyType.Boolean => value is TomlBoolean,
        KeyType.Integer => value is TomlInteger,
        KeyType.Number => value is TomlInteger or TomlFloat,
        KeyType.Text => value is TomlString,
        KeyType.TextList => value is TomlArray list && list.Items.All(item => item is TomlString),
        KeyType.Table => value is TomlTable,
        _ => value is TomlArray tables && tables.Items.All(item => item is TomlTable),
    };
}
