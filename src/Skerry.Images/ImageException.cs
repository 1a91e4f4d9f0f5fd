using Skerry.Core;

namespace Skerry.Images;

/// <summary>An image that cannot be found, read, verified or unpacked; or the store that cannot hold it.</summary>
public sealed class ImageException : SkerryException
{
    /// <summary>Makes an error of <paramref name="kind"/>.</summary>
    /// <param name="kind">NotFound, InvalidArgument (the image is bad), HostDenied (a program is missing), FailedPrecondition, …</param>
    /// <param name="message">What we were doing, and to what.</param>
    /// <param name="hint">What the user can do next, or null.</param>
    /// <param name="cause">The error beneath, or null.</param>
    public ImageException(FailureKind kind, string message, string? hint = null, Exception? cause = null)
        : base(kind, message, hint, cause)
    {
    }

    /// <summary>The image's own content is wrong.</summary>
    internal static ImageException Bad(string message, Exception? cause = null) => new(FailureKind.InvalidArgument, message, cause: cause);
}
