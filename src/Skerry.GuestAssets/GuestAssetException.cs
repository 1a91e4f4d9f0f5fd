using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>A guest kernel or image could not be found, read or built.</summary>
public sealed class GuestAssetException : SkerryException
{
    /// <inheritdoc cref="SkerryException(FailureKind, string, string?, Exception?)"/>
    public GuestAssetException(FailureKind kind, string message, string? hint = null, Exception? cause = null)
        : base(kind, message, hint, cause)
    {
    }
}
