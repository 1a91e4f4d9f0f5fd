namespace Skerry.Core;

/// <summary>The base of every error Skerry raises on purpose: a kind to branch on, a message, and what to do next.</summary>
/// <remarks>
/// The message says what we were doing and to what; it does not repeat its cause, since <see cref="ErrorReport"/> walks the chain.
/// </remarks>
public class SkerryException : Exception
{
    /// <summary>Makes an error of <paramref name="kind"/>.</summary>
    /// <param name="kind">What callers branch on.</param>
    /// <param name="message">What we were doing, and to what.</param>
    /// <param name="hint">What the user can do next, or null.</param>
    /// <param name="cause">The error beneath, or null.</param>
    public SkerryException(FailureKind kind, string message, string? hint = null, Exception? cause = null)
        : base(message, cause)
    {
        Kind = kind;
        Hint = hint;
    }

    /// <summary>What kind of failure this is.</summary>
    public FailureKind Kind { get; }

    /// <summary>What the user can do next, or null.</summary>
    public string? Hint { get; }

    /// <summary>Failures of the clean-up that followed this error; they never take its place and are never dropped.</summary>
    public IList<Exception> CleanupFailures { get; } = [];
}
