namespace Skerry.Images;

/// <summary>Where an image comes from.</summary>
public enum ImageTransport
{
    /// <summary>The store: a name given when the image was imported.</summary>
    Name,

    /// <summary>A directory in the OCI image layout.</summary>
    OciDirectory,

    /// <summary>A tar archive of an OCI image layout.</summary>
    OciArchive,

    /// <summary>A tar archive as <c>docker save</c> makes it.</summary>
    DockerArchive,

    /// <summary>A directory that is the root file system itself, used in place.</summary>
    Rootfs,

    /// <summary>A registry.</summary>
    Registry,
}
