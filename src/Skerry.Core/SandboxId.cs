namespace Skerry.Core;

/// <summary>The id of a sandbox, checked once at the edge, so that it is safe as a file name.</summary>
public readonly record struct SandboxId
{
    private readonly string? _value;

    private SandboxId(string value) => _value = value;

    /// <summary>The id as text; empty for <c>default</c>.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Checks <paramref name="text"/>; false when it is not a valid sandbox id.</summary>
    public static bool TryParse(string? text, out SandboxId id)
    {
        bool valid = Identifier.IsValid(text);
        id = valid ? new SandboxId(text!) : default;
        return valid;
    }

    /// <summary>Checks <paramref name="text"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument, with the rule as its hint.</exception>
    public static SandboxId Parse(string? text) => TryParse(text, out SandboxId id) ? id : throw Identifier.Invalid("sandbox id", text);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
