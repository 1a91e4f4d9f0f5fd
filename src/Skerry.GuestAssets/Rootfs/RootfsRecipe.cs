namespace Skerry.GuestAssets.Rootfs;

/// <summary>How one distribution's root file system is made.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="Program">The program that makes it; empty for the agent alone.</param>
/// <param name="Package">The Debian package of that program.</param>
/// <param name="Suite">The release taken when none is asked for.</param>
/// <param name="IsProven">True when guests have booted from it.</param>
/// <param name="Needs">What making it takes, in words.</param>
public sealed record RootfsRecipe(string Name, string Program, string Package, string Suite, bool IsProven, string Needs)
{
    /// <summary>All recipes, those that are tested first.</summary>
    public static IReadOnlyList<RootfsRecipe> All { get; } =
    [
        new("tiny", "", "", "", true, "nothing: the agent alone"),
        new("debian", "mmdebstrap", "mmdebstrap", "bookworm", true, "mmdebstrap and a Debian mirror"),
        new("ubuntu", "mmdebstrap", "mmdebstrap", "noble", false, "mmdebstrap, ubuntu-keyring and an Ubuntu mirror"),
        new("alpine", "apk", "apk-tools", "v3.20", false, "apk (apk-tools) with Alpine's keys, and an Alpine mirror; no systemd"),
        new("centos", "dnf", "dnf", "9", false, "dnf with a repository of CentOS Stream, and root"),
        new("cbl-mariner", "dnf", "dnf", "3.0", false, "dnf with a repository of Azure Linux, and root"),
    ];
}
