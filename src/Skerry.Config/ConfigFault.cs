namespace Skerry.Config;

/// <summary>One fault of a configuration.</summary>
/// <param name="Origin">The file and line, the annotation or the flag.</param>
/// <param name="Message">What is wrong: it names the key and its value, what is accepted, and the key that was probably meant.</param>
public sealed record ConfigFault(ConfigOrigin Origin, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Origin}: {Message}";
}
