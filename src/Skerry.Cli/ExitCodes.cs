using Skerry.Core;

namespace Skerry.Cli;

/// <summary>The one table between failure kinds and exit codes; docs/reference/errors.md lists it.</summary>
internal static class ExitCodes
{
    /// <summary>All went well.</summary>
    internal const int Success = 0;

    /// <summary>The command worked and its answer is no: a check failed, a file has faults.</summary>
    internal const int AnswerIsNo = 1;

    /// <summary>The command line itself is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>
    /// <c>run</c> and <c>exec</c> pass on the code of the process, so their own failures all take this one, as Docker's and
    /// Podman's do; a command that cannot be executed gives 126, one that does not exist 127.
    /// </summary>
    internal const int RunFailed = 125;

    /// <summary>The first code for a program ended by a signal: 128 and the signal's number.</summary>
    internal const int SignalBase = 128;

    /// <summary>Whoever read our output has seen enough: as if SIGPIPE had ended us.</summary>
    internal const int ReaderGone = SignalBase + 13;

    /// <summary>Every kind with its code.</summary>
    internal static IReadOnlyList<(FailureKind Kind, int Code)> Table { get; } =
    [
        (FailureKind.InvalidArgument, Usage),
        (FailureKind.NotFound, 3),
        (FailureKind.AlreadyExists, 4),
        (FailureKind.FailedPrecondition, 5),
        (FailureKind.HostDenied, 6),
        (FailureKind.ResourceExhausted, 7),
        (FailureKind.Unavailable, 8),
        (FailureKind.TimedOut, 9),
        (FailureKind.GuestFailed, 10),
        (FailureKind.Unimplemented, 11),
        (FailureKind.Internal, 70),
    ];

    /// <summary>The code of a kind.</summary>
    internal static int Of(FailureKind kind) => Table.First(row => row.Kind == kind).Code;
}
