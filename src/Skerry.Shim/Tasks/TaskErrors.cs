using Skerry.Core;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Shim;

/// <summary>
/// How a failure looks to a container manager. Codes that callers branch on are kept; the rest is Unknown, as with runc, whose
/// messages tools compare and search.
/// </summary>
internal static class TaskErrors
{
    private const string Create = "create";
    private const string Exec = "exec";

    /// <summary>The error to answer with.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="action">What was tried, as in <c>create</c>, to begin the message as runc's; null to leave the message alone.</param>
    internal static TtrpcException ToStatus(Exception error, string? action)
    {
        FailureKind kind = ErrorReport.KindOf(error);
        bool named = kind is FailureKind.AlreadyExists or FailureKind.Unimplemented;
        bool failed = action is not null && !named && (action == Create || error is TtrpcException);
        string setup = error is TtrpcException ? "unable to start container process: " : string.Empty;
        setup = action == Exec && setup.Length > 0 ? $"{Exec} failed: {setup}" : setup;
        return failed
            ? new TtrpcException(TtrpcStatusCode.Unknown, $"OCI runtime {action} failed: {setup}{Describe(error)}")
            : new TtrpcException(CodeOf(kind), Describe(error));
    }

    private static TtrpcStatusCode CodeOf(FailureKind kind) => kind switch
    {
        FailureKind.NotFound => TtrpcStatusCode.NotFound,
        FailureKind.AlreadyExists => TtrpcStatusCode.AlreadyExists,
        FailureKind.Unimplemented => TtrpcStatusCode.Unimplemented,
        FailureKind.Unavailable => TtrpcStatusCode.Unavailable,
        FailureKind.InvalidArgument => TtrpcStatusCode.InvalidArgument,
        FailureKind.TimedOut => TtrpcStatusCode.DeadlineExceeded,
        _ => TtrpcStatusCode.Unknown,
    };

    private static string Describe(Exception error)
    {
        string text = ErrorReport.OneLine(error);
        return error is SkerryException { Hint: { } hint } ? $"{text} (hint: {hint})" : text;
    }
}
