using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Images.Storage;

/// <summary>
/// Where everything in the store is:
/// <code>
/// lock                 held while the index or the references change, and for a whole garbage collection
/// index.json           names
/// blobs/sha256/HEX     configurations and manifests; layers are kept unpacked only
/// layers/HEX/fs        an unpacked layer, complete as soon as it has this name; HEX is its diff id
/// layers/HEX/layer.json
/// locks/HEX            held while that layer is being unpacked
/// locks/import-ID      held while that import runs
/// tmp/HEX              a layer being unpacked; left by a crash, the next one to unpack it starts anew
/// tmp/import-ID        scratch of an import
/// refs/container-ID.json, refs/import-ID.json   what a container or a running import needs
/// </code>
/// </summary>
internal sealed class StorePaths(string root)
{
    internal string Lock => Path.Combine(root, "lock");

    internal string Index => Path.Combine(root, "index.json");

    internal string Blobs => Path.Combine(root, "blobs", "sha256");

    internal string Layers => Path.Combine(root, "layers");

    internal string Locks => Path.Combine(root, "locks");

    internal string Temporary => Path.Combine(root, "tmp");

    internal string References => Path.Combine(root, "refs");

    internal string Blob(Digest digest) => Path.Combine(Blobs, digest.Hex);

    internal string Layer(Digest diffId) => Path.Combine(Layers, diffId.Hex);

    internal string LayerFiles(Digest diffId) => Path.Combine(Layers, diffId.Hex, "fs");

    internal string LayerRecord(Digest diffId) => Path.Combine(Layers, diffId.Hex, "layer.json");

    internal string LayerLock(Digest diffId) => Path.Combine(Locks, diffId.Hex);

    internal string Unpacking(Digest diffId) => Path.Combine(Temporary, diffId.Hex);

    /// <summary>Makes what is missing; only root looks in.</summary>
    /// <exception cref="ImageException">HostDenied without permission; FailedPrecondition when something is in the way.</exception>
    internal void Create()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            foreach (string directory in new[] { root, Blobs, Layers, Locks, Temporary, References })
            {
                Directory.CreateDirectory(directory, OwnerOnly);
            }
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            FailureKind kind = error is UnauthorizedAccessException ? FailureKind.HostDenied : FailureKind.FailedPrecondition;
            throw new ImageException(kind, $"cannot open the image store \"{root}\"", "run as root, or choose another place with SKERRY_DATA_DIR", error);
        }
    }
}
