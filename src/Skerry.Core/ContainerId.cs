namespace Skerry.Core;

/// <summary>The id of a container, checked once at the edge, so that it is safe as a file name.</summary>
public readonly record struct ContainerId
{
    private readonly string? _value;

    private ContainerId(string value) => _value = value;

    /// <summary>The id as text; empty for <c>default</c>.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Checks <paramref name="text"/>; false when it is not a valid container id.</summary>
    public static bool TryParse(string? text, out ContainerId id)
    {
        bool valid = Identifier.IsValid(text);
        id = valid ? new ContainerId(text!) : default;
        return valid;
    }

    /// <summary>Checks <paramref name="text"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument, with the rule as its hint.</exception>
    public static ContainerId Parse(string? text) => TryParse(text, out ContainerId id) ? id : throw Identifier.Invalid("container id", text);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
