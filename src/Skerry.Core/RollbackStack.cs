namespace Skerry.Core;

/// <summary>
/// Undoes partial success: after each step that takes something from the host its undo is pushed; <see cref="Commit"/>
/// keeps what was built, <see cref="RollBackAsync"/> undoes it newest first.
/// </summary>
/// <remarks>Not thread-safe: one owner pushes and rolls back. Every undo runs even when another one fails.</remarks>
public sealed class RollbackStack
{
    private readonly Stack<(string What, Func<ValueTask> Undo)> _undos = new();

    /// <summary>How many undos are waiting.</summary>
    public int Count => _undos.Count;

    /// <summary>Whether an undo has failed so far; for an undo that removes what a later attempt would need.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Remembers how to undo the step just done; <paramref name="what"/> names it in an error, as in "unmount /x".</summary>
    public void Push(string what, Func<ValueTask> undo) => _undos.Push((what, undo));

    /// <summary>Remembers a synchronous undo.</summary>
    public void Push(string what, Action undo) => Push(what, () =>
    {
        undo();
        return ValueTask.CompletedTask;
    });

    /// <summary>Keeps everything: the undos are forgotten.</summary>
    public void Commit() => _undos.Clear();

    /// <summary>Runs the undos newest first and returns the failures, each naming its step; empty when all went well.</summary>
    public async ValueTask<IReadOnlyList<Exception>> RollBackAsync()
    {
        var failures = new List<Exception>();
        while (_undos.TryPop(out (string What, Func<ValueTask> Undo) step))
        {
            try
            {
                await step.Undo().ConfigureAwait(false);
            }
            catch (Exception error)
            {
                HasFailed = true;
                failures.Add(new SkerryException(ErrorReport.KindOf(error), $"cannot {step.What}", cause: error));
            }
        }

        return failures;
    }
}
