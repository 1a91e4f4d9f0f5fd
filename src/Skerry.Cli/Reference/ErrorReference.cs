using System.Text;
using Skerry.Core;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Cli.Reference;

/// <summary>Writes docs/reference/errors.md from the tables of exit codes and of gRPC status codes.</summary>
internal static class ErrorReference
{
    private const string Introduction = """
        # Errors

        This page is generated from the tables in the program, and a test compares them.

        An error says what we were doing and to what, then its causes, then what to do next. Each has a kind, which decides the
        exit code of a command and the status of a call over ttrpc.

        | kind | meaning | exit code | gRPC status |
        | --- | --- | --- | --- |

        """;

    private const string Others = $"""

        Other exit codes of `skerry`:

        | exit code | meaning |
        | --- | --- |
        | 0 | all went well |
        | 1 | the command worked and its answer is no: a check failed, a file has faults |
        | 2 | the command line is wrong |
        | 125 | `skerry run` or `skerry exec` failed itself, whatever the kind |
        | 126 | the container's command cannot be executed |
        | 127 | the container's command does not exist |
        | 128 + N | the program was ended by signal N |

        `skerry run`, `skerry exec` and `skerry wait` pass on the exit code of the container's process.

        """;

    internal static string ToMarkdown()
    {
        var page = new StringBuilder(Introduction);
        foreach ((FailureKind kind, int code) in ExitCodes.Table)
        {
            TtrpcStatusCode status = TtrpcStatus.CodeOf(kind);
            page.Append($"| {kind} | {MeaningOf(kind)} | {code} | {(int)status} {status} |\n");
        }

        return page.Append(Others).ToString();
    }

    private static string MeaningOf(FailureKind kind) => kind switch
    {
        FailureKind.Internal => "a bug in Skerry; the stack trace is printed",
        FailureKind.InvalidArgument => "what was asked for is malformed or out of range",
        FailureKind.NotFound => "the named thing does not exist",
        FailureKind.AlreadyExists => "the named thing exists already",
        FailureKind.FailedPrecondition => "the thing is in the wrong state for the request",
        FailureKind.HostDenied => "the host refused: a permission, device or program is missing",
        FailureKind.ResourceExhausted => "the host ran out of memory, disk or descriptors",
        FailureKind.Unavailable => "a peer that should answer is gone",
        FailureKind.TimedOut => "a peer did not answer within its limit",
        FailureKind.GuestFailed => "the guest reported a failure or broke its protocol",
        FailureKind.Unimplemented => "this build does not do what was asked",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without a meaning"),
    };
}
