namespace Skerry.Config;

/// <summary>Something odd but harmless in a configuration, as one line of text.</summary>
public sealed record ConfigWarning(string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
