using Skerry.Core;

namespace Skerry.Protocols.Ttrpc;

/// <summary>The one table between failure kinds and status codes; docs/reference/errors.md lists it.</summary>
public static class TtrpcStatus
{
    private static readonly (FailureKind Kind, TtrpcStatusCode Code)[] Table =
    [
        (FailureKind.Internal, TtrpcStatusCode.Internal),
        (FailureKind.InvalidArgument, TtrpcStatusCode.InvalidArgument),
        (FailureKind.NotFound, TtrpcStatusCode.NotFound),
        (FailureKind.AlreadyExists, TtrpcStatusCode.AlreadyExists),
        (FailureKind.FailedPrecondition, TtrpcStatusCode.FailedPrecondition),
        (FailureKind.HostDenied, TtrpcStatusCode.PermissionDenied),
        (FailureKind.ResourceExhausted, TtrpcStatusCode.ResourceExhausted),
        (FailureKind.Unavailable, TtrpcStatusCode.Unavailable),
        (FailureKind.TimedOut, TtrpcStatusCode.DeadlineExceeded),
        (FailureKind.GuestFailed, TtrpcStatusCode.Unknown),
        (FailureKind.Unimplemented, TtrpcStatusCode.Unimplemented),

        // Codes that we never send, with the kind they mean to a caller of ours.
        (FailureKind.TimedOut, TtrpcStatusCode.Cancelled),
        (FailureKind.GuestFailed, TtrpcStatusCode.Aborted),
        (FailureKind.InvalidArgument, TtrpcStatusCode.OutOfRange),
        (FailureKind.GuestFailed, TtrpcStatusCode.DataLoss),
        (FailureKind.HostDenied, TtrpcStatusCode.Unauthenticated),
    ];

    /// <summary>The code that is sent for a failure of <paramref name="kind"/>.</summary>
    public static TtrpcStatusCode CodeOf(FailureKind kind)
    {
        foreach ((FailureKind known, TtrpcStatusCode code) in Table)
        {
            if (known == kind)
            {
                return code;
            }
        }

        return TtrpcStatusCode.Unknown;
    }

    /// <summary>What a received <paramref name="code"/> means to a caller; a code outside the list is <see cref="FailureKind.GuestFailed"/>.</summary>
    public static FailureKind KindOf(TtrpcStatusCode code)
    {
        foreach ((FailureKind kind, TtrpcStatusCode known) in Table)
        {
            if (known == code)
            {
                return kind;
            }
        }

        return FailureKind.GuestFailed;
    }

    /// <summary>The code for an exception that left a handler: its own for <see cref="TtrpcException"/>, else by its kind.</summary>
    public static TtrpcStatusCode CodeOf(Exception error) => error switch
    {
        TtrpcException { Code: not TtrpcStatusCode.Ok } known => known.Code,
        OperationCanceledException => TtrpcStatusCode.Cancelled,
        _ => CodeOf(ErrorReport.KindOf(error)),
    };
}
