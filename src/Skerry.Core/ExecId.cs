namespace Skerry.Core;

/// <summary>The id of an additional process of a container, checked once at the edge, so that it is safe as a file name.</summary>
public readonly record struct ExecId
{
    private readonly string? _value;

    private ExecId(string value) => _value = value;

    /// <summary>The id as text; empty for <c>default</c>.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Checks <paramref name="text"/>; false when it is not a valid exec id.</summary>
    public static bool TryParse(string? text, out ExecId id)
    {
        bool valid = Identifier.IsValid(text);
        id = valid ? new ExecId(text!) : default;
        return valid;
    }

    /// <summary>Checks <paramref name="text"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument, with the rule as its hint.</exception>
    public static ExecId Parse(string? text) => TryParse(text, out ExecId id) ? id : throw Identifier.Invalid("exec id", text);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
