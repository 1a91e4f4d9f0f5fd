using Skerry.Core;

namespace Skerry.Vsock;

/// <summary>The other side broke the protocol in a way after which its bytes cannot be understood any more.</summary>
public sealed class VsockProtocolException : SkerryException
{
    /// <summary>Makes an error that says what was wrong.</summary>
    public VsockProtocolException(string message)
        : base(FailureKind.GuestFailed, message)
    {
    }
}
