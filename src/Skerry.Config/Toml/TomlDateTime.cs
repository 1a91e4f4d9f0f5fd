namespace Skerry.Config.Toml;

/// <summary>A date, a time or both: which parts are present tells the specification's four types apart.</summary>
/// <param name="date">The date, or null for a local time.</param>
/// <param name="time">The time of day with a resolution of 100 ns, or null for a local date.</param>
/// <param name="offset">The offset from UTC, or null for the local types.</param>
/// <param name="position">Where it starts.</param>
public sealed class TomlDateTime(DateOnly? date, TimeOnly? time, TimeSpan? offset, TomlPosition position = default) : TomlValue(position)
{
    /// <summary>The date, or null for a local time.</summary>
    public DateOnly? Date { get; } = date;

    /// <summary>The time of day, or null for a local date.</summary>
    public TimeOnly? Time { get; } = time;

    /// <summary>The offset from UTC, or null for the local types.</summary>
    public TimeSpan? Offset { get; } = offset;

    /// <inheritdoc/>
    public override string TypeName => (Date, Time, Offset) switch
    {
        (_, _, not null) => "an offset date-time",
        (not null, not null, null) => "a local date-time",
        (not null, null, _) => "a local date",
        _ => "a local time",
    };
}
