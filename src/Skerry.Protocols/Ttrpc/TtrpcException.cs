using Skerry.Core;

namespace Skerry.Protocols.Ttrpc;

/// <summary>A call that failed: the peer's status, or what became of the connection.</summary>
/// <remarks>A handler may throw it to choose the status code itself; other errors are mapped by their kind.</remarks>
public sealed class TtrpcException : SkerryException
{
    /// <summary>Makes an error with <paramref name="code"/>; its kind follows from <see cref="TtrpcStatus.KindOf"/>.</summary>
    /// <param name="code">The status code.</param>
    /// <param name="message">The peer's message, or ours.</param>
    /// <param name="cause">The error beneath, or null.</param>
    public TtrpcException(TtrpcStatusCode code, string message, Exception? cause = null)
        : base(TtrpcStatus.KindOf(code), message, cause: cause) => Code = code;

    /// <summary>The status code.</summary>
    public TtrpcStatusCode Code { get; }
}
