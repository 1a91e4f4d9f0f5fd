using System.Text;

namespace Skerry.Oci.Tests;

public sealed class ImageDocumentTests
{
    [Fact]
    public void AnIndexWithPlatforms_Reads()
    {
        OciIndex index = OciJson.ParseIndex(Encoding.UTF8.GetBytes("""
            {"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"sha256:x","size":3,
             "platform":{"architecture":"arm64","os":"linux","os.version":"1","variant":"v8"},"annotations":{"org.opencontainers.image.ref.name":"t"}}]}
            """));
        OciDescriptor manifest = Assert.Single(index.Manifests);
        Assert.Equal(("arm64", "linux", "v8"), (manifest.Platform?.Architecture, manifest.Platform?.OS, manifest.Platform?.Variant));
        Assert.Equal("t", manifest.Annotations["org.opencontainers.image.ref.name"]);
    }

    [Fact]
    public void AnImageConfiguration_KeepsGosSpelling()
    {
        OciImageConfig config = new()
        {
            Architecture = "amd64",
            OS = "linux",
            Config = new OciImageDefaults { Cmd = ["sh"], WorkingDir = "/w", ExposedPorts = new Dictionary<string, OciEmpty> { ["80/tcp"] = new() } },
            Rootfs = new OciImageRootfs { Type = "layers", DiffIds = ["sha256:a"] },
        };
        string json = Encoding.UTF8.GetString(OciJson.Write(config));
        Assert.Contains("\"Cmd\"", json, StringComparison.Ordinal);
        Assert.Contains("\"diff_ids\"", json, StringComparison.Ordinal);
        Assert.Equal("80/tcp", Assert.Single(OciJson.ParseImageConfig(Encoding.UTF8.GetBytes(json)).Config!.ExposedPorts.Keys));
    }
}
