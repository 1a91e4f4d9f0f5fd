using Skerry.Images.Sources;
using Skerry.Oci;

namespace Skerry.Fuzz.Targets;

/// <summary>An image whose every document is the input: index, manifest and configuration, and docker-archive's manifest.</summary>
internal sealed class OciImageTarget : IFuzzTarget
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public string Name => "oci-image";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        System.Text.Encoding.ASCII.GetBytes($$$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{{OciMediaTypes.Manifest}}}","digest":"{{{Digest}}}","size":0,"platform":{"os":"linux","architecture":"amd64"}}]}"""),
        System.Text.Encoding.ASCII.GetBytes($$$"""{"schemaVersion":2,"config":{"mediaType":"{{{OciMediaTypes.Config}}}","digest":"{{{Digest}}}","size":0},"layers":[{"mediaType":"{{{OciMediaTypes.LayerGzip}}}","digest":"{{{Digest}}}","size":0}]}"""),
        System.Text.Encoding.ASCII.GetBytes($$$"""{"os":"linux","architecture":"amd64","config":{"Cmd":["sh"],"Labels":{"a":"b"}},"rootfs":{"type":"layers","diff_ids":["{{{Digest}}}"]}}"""),
        """[{"Config":"a.json","RepoTags":["a:1"],"Layers":["b/layer.tar"]}]"""u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
        [.. new[] { "null", "[null]", "{}", "[]", "\"..\"", "\"mediaType\":", "\"manifests\":[", "\"digest\":\"sha256:", "\"size\":-1" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    public void Run(byte[] input)
    {
        Attempt(() => OciJson.Write(OciJson.ParseIndex(input)));
        Attempt(() => OciJson.Write(OciJson.ParseManifest(input)));
        Attempt(() => ImageProcess.Merge(OciJson.ParseImageConfig(input).Config, new ImageProcessRequest { Args = ["sh"] }));
        Attempt(() => OciLayout.Open(new SameFile(input), null, "fuzz"));
        Attempt(() => DockerArchive.Open(new SameFile(input), null, "fuzz"));
    }

    private void Attempt(Func<object> step)
    {
        try
        {
            _ = step();
        }
        catch (Exception error) when (IsExpected(error))
        {
            // Refused; the next reader gets its turn.
            return;
        }
    }

    public bool IsExpected(Exception error) => error is Core.SkerryException;

    /// <summary>Whatever file is asked for, it is there and has the same content.</summary>
    private sealed class SameFile(byte[] content) : IImageFiles
    {
        public ImageFile? TryOpen(string path) => new(new MemoryStream(content), content.Length);

        public void Dispose()
        {
        }
    }
}
