namespace Skerry.Protocols.Ttrpc;

/// <summary>The status codes of gRPC, which ttrpc uses (google/rpc/code.proto).</summary>
public enum TtrpcStatusCode
{
    /// <summary>Success.</summary>
    Ok = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>A failure without a better code.</summary>
    Unknown = 2,

    /// <summary>What was asked for is malformed.</summary>
    InvalidArgument = 3,

    /// <summary>The limit of the call passed.</summary>
    DeadlineExceeded = 4,

    /// <summary>The named thing does not exist.</summary>
    NotFound = 5,

    /// <summary>The named thing exists already.</summary>
    AlreadyExists = 6,

    /// <summary>Refused.</summary>
    PermissionDenied = 7,

    /// <summary>A limit is reached.</summary>
    ResourceExhausted = 8,

    /// <summary>The thing is in the wrong state for the request.</summary>
    FailedPrecondition = 9,

    /// <summary>Given up because of a conflict.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>No such service or method.</summary>
    Unimplemented = 12,

    /// <summary>A broken invariant of the peer.</summary>
    Internal = 13,

    /// <summary>The peer is gone.</summary>
    Unavailable = 14,

    /// <summary>Data is lost.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
