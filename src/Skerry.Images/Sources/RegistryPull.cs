namespace Skerry.Images.Sources;

/// <summary>Fetches an image from a registry with skopeo, which knows authentication, mirrors and policies already.</summary>
internal static class RegistryPull
{
    /// <summary>Copies the image into a layout at <paramref name="directory"/>, tagged "latest".</summary>
    /// <exception cref="ImageException">HostDenied without skopeo; Unavailable, with its words, when it fails.</exception>
    internal static Task FetchAsync(string name, string directory, CancellationToken cancellationToken) => Tool.RunAsync(
        "skopeo",
        ["copy", "--quiet", "--override-os", ImageDocuments.Host.OS, "--override-arch", ImageDocuments.Host.Architecture, $"docker://{name}", $"oci:{directory}:latest"],
        "skopeo",
        $"pull \"docker://{name}\"",
        cancellationToken);
}
