using System.Globalization;

namespace Skerry.Sandbox;

/// <summary>A device as the host's kernel numbers it.</summary>
internal readonly record struct DeviceNumber(long Major, long Minor)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}:{Minor}");
}
