namespace Skerry.GuestAssets.KernelBuild;

/// <summary>An option that a fragment asks for.</summary>
/// <param name="Name">Without "CONFIG_".</param>
/// <param name="Value">"y", "m", "n", a number, or a quoted text.</param>
/// <param name="Origin">Where it stands, as in "boot.conf:12".</param>
internal sealed record KernelOptionRequest(string Name, string Value, string Origin)
{
    public override string ToString() => $"CONFIG_{Name}={Value} ({Origin})";
}
