namespace Skerry.Core;

/// <summary>What kind of failure an error is: small and stable, so that callers branch on it and never on a message.</summary>
/// <remarks>The values map to gRPC status codes and to exit codes in one table each; docs/reference/errors.md lists them.</remarks>
public enum FailureKind
{
    /// <summary>A broken invariant of ours: a bug.</summary>
    Internal = 0,

    /// <summary>What was asked for is malformed or out of range.</summary>
    InvalidArgument,

    /// <summary>The named thing does not exist.</summary>
    NotFound,

    /// <summary>The named thing exists already.</summary>
    AlreadyExists,

    /// <summary>The thing exists but is in the wrong state for the request.</summary>
    FailedPrecondition,

    /// <summary>The host refused: missing permission, device or program.</summary>
    HostDenied,

    /// <summary>The host ran out of something: memory, disk, descriptors.</summary>
    ResourceExhausted,

    /// <summary>A peer that should answer is gone.</summary>
    Unavailable,

    /// <summary>A peer did not answer within its limit.</summary>
    TimedOut,

    /// <summary>The guest reported a failure, or broke its protocol.</summary>
    GuestFailed,

    /// <summary>The request names something this build does not do.</summary>
    Unimplemented,
}
