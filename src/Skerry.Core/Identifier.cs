namespace Skerry.Core;

/// <summary>The rule for identifiers that become file names and socket names: sandboxes, containers, execs.</summary>
internal static class Identifier
{
    /// <summary>Longest identifier, in characters: the limit containerd sets is 76, CRI ids have 64.</summary>
    internal const int MaxLength = 128;

    /// <summary>True for one letter or digit followed by letters, digits, <c>_</c>, <c>.</c> or <c>-</c>; no <c>..</c>.</summary>
    internal static bool IsValid(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        return text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') && !text.Contains("..", StringComparison.Ordinal);
    }

    internal static SkerryException Invalid(string what, string? text) => new(
        FailureKind.InvalidArgument,
        $"{what} \"{text}\" is not valid",
        $"use 1 to {MaxLength} letters, digits, \"_\", \".\" or \"-\", starting with a letter or digit");
}
