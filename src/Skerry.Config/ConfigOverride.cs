namespace Skerry.Config;

/// <summary>A value given on a command line, checked like one from a file.</summary>
/// <param name="Key">The key's full name, as in <c>hypervisor.default_memory</c>.</param>
/// <param name="Text">The value as text: a number, <c>true</c> or <c>false</c>, or the string itself.</param>
/// <param name="Source">What set it, for messages: <c>--memory</c>.</param>
public sealed record ConfigOverride(string Key, string Text, string Source);
