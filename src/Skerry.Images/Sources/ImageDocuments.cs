using System.Runtime.InteropServices;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Images.Sources;

/// <summary>Reads the documents of an image, each bounded and verified.</summary>
internal static class ImageDocuments
{
    /// <summary>Largest document: containerd draws the line at 8 MiB for manifests.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>This machine's platform.</summary>
    internal static OciPlatform Host { get; } = new()
    {
        OS = "linux",
        Architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
    };

    internal static string BlobPath(Digest digest) => $"blobs/sha256/{digest.Hex}";

    /// <summary>Reads a document; null when it is missing.</summary>
    /// <exception cref="ImageException">It is too large.</exception>
    internal static byte[]? TryRead(IImageFiles files, string path)
    {
        if (files.TryOpen(path) is not { } file)
        {
            return null;
        }

        using Stream content = file.Content;
        if (file.SizeBytes > MaxBytes)
        {
            throw ImageException.Bad($"\"{path}\" has {file.SizeBytes} bytes; the limit for a document is {MaxBytes}");
        }

        byte[] document = new byte[file.SizeBytes];
        content.ReadExactly(document);
        return document;
    }

    /// <summary>Reads the document a descriptor names.</summary>
    /// <exception cref="ImageException">It is missing, or has another size or digest than the descriptor says.</exception>
    internal static byte[] ReadBlob(IImageFiles files, OciDescriptor descriptor)
    {
        Digest expected = Digest.Parse(descriptor.Digest);
        byte[] document = TryRead(files, BlobPath(expected))
            ?? throw new ImageException(FailureKind.NotFound, $"blob {expected} is missing from the image");
        Verify($"blob {expected}", expected, Digest.Of(document), descriptor.Size, document.Length);
        return document;
    }

    /// <summary>Compares what a blob should be with what was read.</summary>
    /// <exception cref="ImageException">InvalidArgument, naming the blob, what was expected and what was found.</exception>
    internal static void Verify(string name, Digest? expected, Digest found, long expectedSize, long foundSize)
    {
        if (expectedSize >= 0 && expectedSize != foundSize)
        {
            throw ImageException.Bad($"{name} has the wrong size: expected {expectedSize} bytes, found {foundSize}");
        }

        if (expected is { } digest && digest != found)
        {
            throw ImageException.Bad($"{name} has the wrong digest: expected {digest}, found {found}");
        }
    }

    /// <summary>Checks that an image can run here, and that its layers match its configuration.</summary>
    /// <exception cref="ImageException">The platform differs, or the numbers of layers do.</exception>
    internal static IReadOnlyList<Digest> CheckConfig(OciImageConfig config, int layers)
    {
        bool runsHere = (config.OS.Length == 0 || config.OS == Host.OS) && (config.Architecture.Length == 0 || config.Architecture == Host.Architecture);
        if (!runsHere)
        {
            throw ImageException.Bad($"the image is made for {config.OS}/{config.Architecture}, and this machine is {Host.OS}/{Host.Architecture}");
        }

        IReadOnlyList<string> diffIds = config.Rootfs?.DiffIds ?? [];
        return diffIds.Count == layers
            ? [.. diffIds.Select(Digest.Parse)]
            : throw ImageException.Bad($"the image has {layers} layers, and its configuration lists {diffIds.Count}");
    }
}
