using Skerry.Core;

namespace Skerry.Hypervisor;

/// <summary>A machine could not be made, driven or ended. <see cref="SkerryException.Kind"/> says in which way.</summary>
public sealed class HypervisorException : SkerryException
{
    /// <inheritdoc cref="SkerryException(FailureKind, string, string?, Exception?)"/>
    public HypervisorException(FailureKind kind, string message, string? hint = null, Exception? cause = null)
        : base(kind, message, hint, cause)
    {
    }
}
