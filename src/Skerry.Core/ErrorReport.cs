using System.Text;

namespace Skerry.Core;

/// <summary>Prints an error for people: the chain outermost first, then failures of the clean-up, then hints.</summary>
public static class ErrorReport
{
    /// <summary>The report as lines that start with <c>error: </c>, without a trailing newline.</summary>
    public static string Format(Exception error)
    {
        var text = new StringBuilder("error: ").Append(error.Message);
        var hints = new List<string>();
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (!ReferenceEquals(cause, error))
            {
                text.Append("\n  caused by: ").Append(Indent(cause.Message));
            }

            if (cause is SkerryException known)
            {
                AddUnique(hints, known.Hint);
                foreach (Exception failure in known.CleanupFailures)
                {
                    text.Append("\n  while cleaning up: ").Append(Indent(OneLine(failure)));
                }
            }
        }

        foreach (string hint in hints)
        {
            text.Append("\n  hint: ").Append(Indent(hint));
        }

        return text.ToString();
    }

    /// <summary>The chain on one line, causes joined by <c>: </c>, for protocols that carry a single message.</summary>
    public static string OneLine(Exception error)
    {
        var parts = new List<string>();
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            AddUnique(parts, cause.Message);
        }

        return string.Join(": ", parts);
    }

    /// <summary>The kind of the first error of ours in the chain; <see cref="FailureKind.Internal"/> when there is none.</summary>
    public static FailureKind KindOf(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SkerryException known)
            {
                return known.Kind;
            }
        }

        return error is OperationCanceledException ? FailureKind.TimedOut : FailureKind.Internal;
    }

    private static void AddUnique(List<string> list, string? text)
    {
        if (!string.IsNullOrEmpty(text) && !list.Contains(text))
        {
            list.Add(text);
        }
    }

    private static string Indent(string text) => text.Replace("\n", "\n    ", StringComparison.Ordinal);
}
