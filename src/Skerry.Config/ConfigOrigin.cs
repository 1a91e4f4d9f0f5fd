namespace Skerry.Config;

/// <summary>Where a value comes from.</summary>
/// <param name="Source">A file's path, an annotation's or a flag's name, or <c>default</c>.</param>
/// <param name="Line">The line in the file, from 1; 0 for what is not a file.</param>
public sealed record ConfigOrigin(string Source, int Line = 0)
{
    /// <summary>A built-in default.</summary>
    public static ConfigOrigin Default { get; } = new("default");

    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}";
}
