using System.Text.Json;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Images.Sources;

/// <summary>Reads an image as <c>docker save</c> writes it: manifest.json lists images with their configuration and layers by path.</summary>
internal static class DockerArchive
{
    /// <summary>Opens the image called <paramref name="tag"/>, or the only one; takes over <paramref name="files"/>.</summary>
    /// <exception cref="SkerryException">The archive, the tag, or a file it names is missing, or a document is bad.</exception>
    internal static OpenedImage Open(IImageFiles files, string? tag, string origin)
    {
        byte[] document = ImageDocuments.TryRead(files, "manifest.json")
            ?? throw new ImageException(FailureKind.NotFound, $"\"{origin}\" is not an image of docker save: manifest.json is missing");
        DockerArchiveImage image = Choose(ParseManifest(document, origin), tag, origin);
        byte[] configDocument = ImageDocuments.TryRead(files, image.Config)
            ?? throw new ImageException(FailureKind.NotFound, $"\"{origin}\" lacks its configuration \"{image.Config}\"");
        VerifyConfig(image.Config, configDocument);
        OciImageConfig config = OciJson.ParseImageConfig(configDocument, $"{origin}: {image.Config}");
        IReadOnlyList<Digest> diffIds = ImageDocuments.CheckConfig(config, image.Layers.Count);
        return new OpenedImage(files)
        {
            SuggestedName = tag ?? (image.RepoTags.Count > 0 ? image.RepoTags[0] : null),
            Digest = Digest.Of(configDocument),
            ConfigDocument = configDocument,
            Config = config,
            Layers = [.. image.Layers.Select((path, i) => new ImageLayer(path, null, -1, diffIds[i]))],
        };
    }

    private static IReadOnlyList<DockerArchiveImage> ParseManifest(byte[] document, string origin)
    {
        try
        {
            return [.. (JsonSerializer.Deserialize(document, DockerArchiveJsonContext.Default.DockerArchiveImageArray) ?? []).Where(image => image is not null)];
        }
        catch (JsonException error)
        {
            throw ImageException.Bad($"{origin}: manifest.json: not valid at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}");
        }
    }

    private static DockerArchiveImage Choose(IReadOnlyList<DockerArchiveImage> images, string? tag, string origin)
    {
        string tags = string.Join(", ", images.SelectMany(image => image.RepoTags));
        if (tag is not null)
        {
            string wanted = ImageName.Normalize(tag);
            return images.FirstOrDefault(image => image.RepoTags.Any(name => ImageName.Familiar(name) == wanted))
                ?? throw new ImageException(FailureKind.NotFound, $"\"{origin}\" has no image tagged \"{tag}\"", $"it has: {tags}");
        }

        return images.Count switch
        {
            0 => throw new ImageException(FailureKind.NotFound, $"\"{origin}\" has no image"),
            1 => images[0],
            _ => throw new ImageException(FailureKind.InvalidArgument, $"\"{origin}\" has {images.Count} images: name one", $"it has: {tags}"),
        };
    }

    /// <summary>The configuration's file is named after its digest: as HEX.json, or as blobs/sha256/HEX.</summary>
    private static void VerifyConfig(string path, byte[] document)
    {
        if (Digest.TryParse($"sha256:{Path.GetFileNameWithoutExtension(path)}", out Digest expected))
        {
            ImageDocuments.Verify($"configuration \"{path}\"", expected, Digest.Of(document), -1, document.Length);
        }
    }
}
