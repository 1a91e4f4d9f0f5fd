namespace Skerry.GuestAssets.Rootfs;

/// <summary>A package of a distribution in a root file system.</summary>
/// <param name="Name">As in "libc6".</param>
/// <param name="Version">As the distribution writes it.</param>
/// <param name="Url">Its package URL, as in "pkg:deb/debian/libc6@2.36-9?arch=amd64".</param>
internal sealed record InstalledPackage(string Name, string Version, string Url);
