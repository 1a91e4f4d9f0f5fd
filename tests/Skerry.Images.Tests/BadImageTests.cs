using Skerry.Core;
using Skerry.Images.Tests.Support;
using Skerry.Oci;

namespace Skerry.Images.Tests;

/// <summary>Every way an image can be wrong that a user may meet: the error names the part, and the store holds nothing of it.</summary>
public sealed class BadImageTests : StoreFixture
{
    private static byte[] Small => new Layer().File("hello", "world").ToArray();

    [Fact]
    public async Task AMissingDirectory_IsNamed() =>
        Assert.Contains("\"" + Directory["nowhere"] + "\": it does not exist", await FailureAsync("oci:" + Directory["nowhere"]), StringComparison.Ordinal);

    [Theory]
    [InlineData("oci-archive:")]
    [InlineData("docker-archive:")]
    public async Task AMissingArchive_IsNamed(string transport) =>
        Assert.Contains("\"" + Directory["nowhere"] + "\": it does not exist", await FailureAsync(transport + Directory["nowhere"]), StringComparison.Ordinal);

    [Fact]
    public async Task AnUnknownName_SaysHowToImport()
    {
        SkerryException error = await Assert.ThrowsAsync<ImageException>(() => ResolveAsync("ghost"));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("\"ghost:latest\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("skerry image import", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADirectoryThatIsNoImage_IsSaidToBeNone()
    {
        Directory.Make("layout");
        Assert.Contains("index.json is missing", await FailureAsync("oci:" + Directory["layout"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnparsableIndex_NamesTheLine()
    {
        string reference = NewLayout().Layer(Small).Write();
        File.WriteAllText(Directory["layout/index.json"], "{\n \"manifests\": [ {]\n}");
        Assert.Contains("index.json: not valid JSON at line 2", await FailureAsync(reference), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnparsableConfiguration_IsNamed()
    {
        Layout layout = NewLayout().Layer(Small);
        OciDescriptor config = layout.Blob(OciMediaTypes.Config, "{\"rootfs\":7}"u8.ToArray());
        OciDescriptor manifest = layout.Blob(OciMediaTypes.Manifest, OciJson.Write(new OciManifest { SchemaVersion = 2, Config = config, Layers = layout.Layers }));
        Assert.Contains($"configuration {config.Digest}: rootfs: the value at line 1", await FailureAsync(layout.Write(manifest)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongTag_ListsTheTagsThereAre()
    {
        Layout layout = NewLayout().Layer(Small);
        string reference = layout.Write(layout.Manifest() with { Annotations = Layout.Tag("one") });
        SkerryException error = await Assert.ThrowsAsync<ImageException>(() => ResolveAsync($"{reference}:two"));
        Assert.Contains("no image tagged \"two\"", ErrorReport.OneLine(error), StringComparison.Ordinal);
        Assert.Contains("hint: it has: one", ErrorReport.Format(error), StringComparison.Ordinal);
        Assert.NotNull((await ResolveAsync($"{reference}:one")).Digest);
    }

    [Fact]
    public async Task SeveralImages_MustBeToldApart()
    {
        Layout layout = NewLayout().Layer(Small);
        string reference = layout.Write(layout.Manifest() with { Annotations = Layout.Tag("one") }, layout.Manifest() with { Annotations = Layout.Tag("two") });
        Assert.Contains("has 2 images: name one", await FailureAsync(reference), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALayerWithAWrongDigest_NamesBlobExpectedAndFound()
    {
        Layout layout = NewLayout();
        string reference = layout.Layer(Small, OciMediaTypes.Layer).Write();
        string blob = layout.BlobPath(layout.Layers[0].Digest);
        byte[] content = File.ReadAllBytes(blob);
        content[600] ^= 1;
        File.WriteAllBytes(blob, content);
        Assert.EndsWith(
            $"blob {layout.Layers[0].Digest} has the wrong digest: expected {layout.Layers[0].Digest}, found {Digest.Of(content)}",
            await FailureAsync(reference),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OciMediaTypes.Layer)]
    [InlineData(OciMediaTypes.LayerGzip)]
    public async Task ACutLayer_IsToldByItsSize(string mediaType)
    {
        Layout layout = NewLayout();
        string reference = layout.Layer(Small, mediaType).Write();
        string blob = layout.BlobPath(layout.Layers[0].Digest);
        File.WriteAllBytes(blob, File.ReadAllBytes(blob)[..^30]);
        Assert.Contains($"blob {layout.Layers[0].Digest} has the wrong size: expected", await FailureAsync(reference), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AManifestWithAWrongDigest_IsNamed()
    {
        Layout layout = NewLayout().Layer(Small);
        OciDescriptor manifest = layout.Manifest();
        File.AppendAllText(layout.BlobPath(manifest.Digest), " ");
        Assert.Contains($"blob {manifest.Digest} has the wrong size", await FailureAsync(layout.Write(manifest)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongDiffId_IsNamed()
    {
        byte[] tar = Small;
        Digest other = Digest.Of([1]);
        string reference = NewLayout().RawLayer(tar, OciMediaTypes.Layer, other).Write();
        Assert.Contains($"has the wrong digest: expected {other}, found {Digest.Of(tar)}", await FailureAsync(reference), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingBlob_IsNamed()
    {
        Layout layout = NewLayout();
        string reference = layout.Layer(Small).Write();
        File.Delete(layout.BlobPath(layout.Layers[0].Digest));
        Assert.Contains($"blob {layout.Layers[0].Digest} is missing", await FailureAsync(reference), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../escape", "has \"..\" in its path")]
    [InlineData("/absolute", "has an absolute path")]
    public async Task AnEntryThatEscapes_IsRefusedByName(string name, string why)
    {
        string failure = await FailureAsync(NewLayout().Layer(new Layer().File("fine").File(name).ToArray()).Write());
        Assert.Contains($"entry \"{name}\" {why}", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnImageForAnotherMachine_SaysBoth()
    {
        string reference = new Layout(Directory["layout"]) { Architecture = "riscv64" }.Layer(Small).Write();
        Assert.Contains("made for linux/riscv64, and this machine is linux/amd64", await FailureAsync(reference), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnIndexWithoutThisPlatform_ListsWhatItHas()
    {
        Layout layout = NewLayout().Layer(Small);
        OciDescriptor arm = layout.Manifest() with { Platform = new OciPlatform { OS = "linux", Architecture = "arm64" } };
        OciDescriptor index = layout.Blob(OciMediaTypes.Index, OciJson.Write(new OciIndex { SchemaVersion = 2, Manifests = [arm] }));
        SkerryException error = await Assert.ThrowsAsync<ImageException>(() => ResolveAsync(layout.Write(index)));
        Assert.Contains("it has: linux/arm64", ErrorReport.Format(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnArtifactThatIsNoImage_IsSaidToBeNone()
    {
        Layout layout = NewLayout();
        OciDescriptor config = layout.Blob("application/vnd.cncf.helm.config.v1+json", "{}"u8.ToArray());
        OciDescriptor manifest = layout.Blob(OciMediaTypes.Manifest, OciJson.Write(new OciManifest { SchemaVersion = 2, Config = config }));
        Assert.Contains("is not an image: its configuration has the type", await FailureAsync(layout.Write(manifest)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownLayerType_IsNamed() => Assert.Contains(
        "has the unknown media type \"application/x-secret\"",
        await FailureAsync(NewLayout().RawLayer(Small, "application/x-secret", Digest.Of(Small)).Write()),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("oci-archive:")]
    [InlineData("docker-archive:")]
    public async Task AFileThatIsNoArchive_IsSaidToBeNone(string transport)
    {
        File.WriteAllText(Directory["text"], new string('x', 5000));
        Assert.Contains("not a tar archive", await FailureAsync(transport + Directory["text"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GarbageInAZstdLayer_IsNamed()
    {
        byte[] garbage = [0x28, 0xb5, 0x2f, 0xfd, .. new byte[100]];
        string failure = await FailureAsync(NewLayout().RawLayer(garbage, OciMediaTypes.LayerZstd, Digest.Of(garbage)).Write());
        Assert.Contains("zstd cannot decompress the layer", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFullDisk_LeavesNothing()
    {
        string data = Directory.MountTmpfs("small", "1m");
        byte[] noise = new byte[2_000_000];
        new Random(1).NextBytes(noise);
        string reference = NewLayout().Layer(new Layer().File("big", Convert.ToBase64String(noise)).ToArray()).Write();
        var store = new ImageStore(data);
        SkerryException error = await Assert.ThrowsAsync<ImageException>(() => store.ImportAsync(reference, "big", null, Cancel));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        Assert.Contains("ENOSPC", ErrorReport.OneLine(error), StringComparison.Ordinal);
        Assert.Contains("\"big\"", ErrorReport.OneLine(error), StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(Path.Combine(data, "images/layers")));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(Path.Combine(data, "images/tmp")));
        Assert.Empty(store.List());
    }

    [Fact]
    public async Task Cancelling_LeavesNothing()
    {
        string reference = NewLayout().Layer(new Layer().File("a").ToArray()).Write();
        using var cancel = new CancellationTokenSource();
        var progress = new Canceller(cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ResolveAsync(reference, null, progress, cancel.Token));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(LayersDirectory));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(TemporaryFiles));
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => source.Cancel();
    }
}
