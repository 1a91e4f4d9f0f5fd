using Skerry.Core;
using Skerry.Images.Building;
using Skerry.Images.Tests.Support;
using Skerry.Oci;

namespace Skerry.Images.Tests;

/// <summary>Images that other programs made, in every form we accept.</summary>
public sealed class RealImageTests : StoreFixture
{
    [Fact]
    public async Task AnImageOfUmoci_IsRead()
    {
        string layout = Directory["umoci"];
        Run.Tool("umoci", "init", "--layout", layout);
        Run.Tool("umoci", "new", "--image", $"{layout}:t");
        string first = Directory.Make("first");
        File.WriteAllText(Path.Combine(first, "a"), "one");
        File.WriteAllText(Path.Combine(first, "b"), "gone soon");
        Run.Tool("umoci", "insert", "--image", $"{layout}:t", first, "/data");
        Run.Tool("umoci", "insert", "--whiteout", "--image", $"{layout}:t", "/data/b");
        Run.Tool("umoci", "config", "--image", $"{layout}:t", "--config.cmd", "sh", "--config.env", "A=B", "--config.user", "1000:1000");

        StoredImage image = await ResolveAsync($"oci:{layout}:t");
        Assert.Equal(2, image.LayerDirectories.Count);
        Assert.Equal("one", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "data/a")));
        Assert.False(File.Exists(Path.Combine(image.LayerDirectories[1], "data/.wh.b")));
        Assert.Equal(["sh"], image.Config.Config!.Cmd);
        Assert.Equal("1000:1000", image.Config.Config.User);
    }

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("docker-archive")]
    public async Task AnArchiveOfSkopeo_IsRead(string transport)
    {
        string layout = await MakeLayoutAsync();
        Run.Tool("skopeo", "--insecure-policy", "copy", "--quiet", $"oci:{layout}:latest", $"{transport}:{Directory["archive.tar"]}:example.test/small:1");
        StoredImage image = await Store.ImportAsync($"{transport}:{Directory["archive.tar"]}", null, null, Cancel);
        Assert.Equal("world", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "hello")));
        Assert.Equal("example.test/small:1", image.Reference);
    }

    [Fact]
    public async Task ACompressedDockerArchive_IsRead()
    {
        string layout = await MakeLayoutAsync();
        Run.Tool("skopeo", "--insecure-policy", "copy", "--quiet", $"oci:{layout}:latest", $"docker-archive:{Directory["archive.tar"]}:small:1");
        File.WriteAllBytes(Directory["archive.tar.gz"], Layout.Gzip(File.ReadAllBytes(Directory["archive.tar"])));
        StoredImage image = await ResolveAsync($"docker-archive:{Directory["archive.tar.gz"]}:small:1");
        Assert.Equal("world", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "hello")));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(TemporaryFiles));
    }

    [Fact]
    public async Task AZstdLayer_IsRead()
    {
        byte[] tar = new Layer().File("hello", "zstd").ToArray();
        byte[] blob = Run.Output("zstd", tar, "-q", "-c");
        StoredImage image = await ResolveAsync(NewLayout().RawLayer(blob, OciMediaTypes.LayerZstd, Digest.Of(tar)).Write());
        Assert.Equal("zstd", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "hello")));
    }

    [Fact]
    public async Task DockersMediaTypes_AreUnderstood()
    {
        byte[] tar = new Layer().File("hello", "docker").ToArray();
        Layout layout = NewLayout().RawLayer(Layout.Gzip(tar), OciMediaTypes.DockerLayerGzip, Digest.Of(tar));
        StoredImage image = await ResolveAsync(layout.Write(layout.Manifest() with { MediaType = OciMediaTypes.DockerManifest }));
        Assert.Equal("docker", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "hello")));
    }

    [Fact]
    public async Task ANestedIndex_IsResolvedForThisPlatform()
    {
        Layout layout = NewLayout().Layer(new Layer().File("hello", "nested").ToArray());
        OciDescriptor other = layout.Blob(OciMediaTypes.Manifest, "{}"u8.ToArray()) with { Platform = new OciPlatform { OS = "linux", Architecture = "s390x" } };
        OciDescriptor ours = layout.Manifest() with { Platform = new OciPlatform { OS = "linux", Architecture = "amd64" } };
        OciDescriptor inner = layout.Blob(OciMediaTypes.DockerIndex, OciJson.Write(new OciIndex { SchemaVersion = 2, Manifests = [other, ours] }));
        OciDescriptor outer = layout.Blob(OciMediaTypes.Index, OciJson.Write(new OciIndex { SchemaVersion = 2, Manifests = [inner] }));
        StoredImage image = await ResolveAsync(layout.Write(outer));
        Assert.Equal("nested", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "hello")));
    }

    [Fact]
    public async Task WhatWeWrite_IsReadByUmoci()
    {
        string source = Directory.Make("source");
        File.WriteAllText(Path.Combine(source, "hello"), "world");
        File.CreateSymbolicLink(Path.Combine(source, "link"), "hello");
        Run.Tool("ln", Path.Combine(source, "hello"), Path.Combine(source, "hard"));
        Run.Tool("mkfifo", Path.Combine(source, "fifo"));
        OciLayoutRequest request = OciLayoutRequest.ForDirectory(source) with { Compress = true, Defaults = new OciImageDefaults { Cmd = ["/x"] } };
        Digest first = await OciLayoutWriter.WriteAsync(Directory["out"], request, Cancel);
        Digest second = await OciLayoutWriter.WriteAsync(Directory["out2"], request, Cancel);
        Assert.Equal(first, second);

        Run.Tool("umoci", "unpack", "--image", $"{Directory["out"]}:latest", Directory["unpacked"]);
        Assert.Equal("world", File.ReadAllText(Directory["unpacked/rootfs/hard"]));
        Assert.Equal("hello", new FileInfo(Directory["unpacked/rootfs/link"]).LinkTarget);
        Assert.True(File.Exists(Directory["unpacked/rootfs/fifo"]));
    }

    [Fact]
    public async Task ABusyboxImage_HasItsAppletsAndAccounts()
    {
        await OciLayoutWriter.WriteAsync(Directory["bb"], OciLayoutRequest.ForBusybox(Environment.ProcessPath!, ["sh", "ls", "busybox"]), Cancel);
        StoredImage image = await ResolveAsync($"oci:{Directory["bb"]}");
        string root = image.LayerDirectories[0];
        Assert.Equal("busybox", new FileInfo(Path.Combine(root, "bin/sh")).LinkTarget);
        Assert.Equal(UnixFileMode.StickyBit, File.GetUnixFileMode(Path.Combine(root, "tmp")) & UnixFileMode.StickyBit);
        Assert.Equal(65534u, Mounting.RootfsAccounts.Resolve(image, "nobody").Uid);
    }

    [Fact]
    public async Task PullingWhatIsNotThere_GivesSkopeosWords()
    {
        SkerryException error = await Assert.ThrowsAsync<ImageException>(() => ResolveAsync("docker://localhost:1/none:1"));
        string all = ErrorReport.Format(error);
        Assert.Contains("cannot pull \"docker://localhost:1/none:1\"", all, StringComparison.Ordinal);
        Assert.True(all.Contains("refused", StringComparison.Ordinal) || all.Contains("apt-get install skopeo", StringComparison.Ordinal), all);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(TemporaryFiles));
    }

    private async Task<string> MakeLayoutAsync()
    {
        string source = Directory.Make("source");
        File.WriteAllText(Path.Combine(source, "hello"), "world");
        await OciLayoutWriter.WriteAsync(Directory["made"], OciLayoutRequest.ForDirectory(source), Cancel);
        return Directory["made"];
    }
}
