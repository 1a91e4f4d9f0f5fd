using Skerry.Core;
using Skerry.Images.Tests.Support;
using Skerry.Oci;

namespace Skerry.Images.Tests;

public sealed class ImageStoreTests : StoreFixture
{
    private static byte[] Small => new Layer().File("hello", "world").ToArray();

    [Fact]
    public async Task AnImage_IsUnpackedOnceAndFoundByName()
    {
        Layout layout = NewLayout();
        string reference = layout.Layer(Small).Write(layout.Manifest(new OciImageDefaults { Cmd = ["sh"] }));
        StoredImage imported = await Store.ImportAsync(reference, "small", null, Cancel);
        DateTime made = File.GetLastWriteTimeUtc(Path.Combine(imported.LayerDirectories[0], "../layer.json"));
        Directory.Make("layout-gone");

        StoredImage found = await ResolveAsync("small");
        Assert.Equal("world", File.ReadAllText(Path.Combine(found.LayerDirectories[0], "hello")));
        Assert.Equal(["sh"], found.Config.Config!.Cmd);
        Assert.Equal("small:latest", imported.Reference);
        Assert.Equal(imported.Digest, found.Digest);
        await ResolveAsync(reference);
        Assert.Equal(made, File.GetLastWriteTimeUtc(Path.Combine(found.LayerDirectories[0], "../layer.json")));
    }

    [Fact]
    public async Task TheList_ShowsNamesSizesAndPlatforms()
    {
        Layout layout = NewLayout();
        string reference = layout.Layer(Small).Layer(new Layer().File("x").ToArray()).Write();
        await Store.ImportAsync(reference, "b:1", null, Cancel);
        await Store.ImportAsync(reference, "a", null, Cancel);
        IReadOnlyList<ImageSummary> list = Store.List();
        Assert.Equal(["a:latest", "b:1"], list.Select(image => image.Name));
        Assert.Equal((2, "linux/amd64"), (list[0].Layers, list[0].Platform));
        Assert.InRange(list[0].SizeBytes, 3000, 10_000);
    }

    [Fact]
    public async Task ManyImportsOfOneImage_UnpackItOnce()
    {
        string big = string.Concat(Enumerable.Repeat("0123456789", 20_000));
        var layer = new Layer();
        for (int i = 0; i < 50; i++)
        {
            layer.File($"f{i}", big);
        }

        string reference = NewLayout().Layer(layer.ToArray()).Write();
        StoredImage[] images = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            Task.Run(() => new ImageStore(Directory["data"]).ImportAsync(reference, $"name{i}", null, Cancel), Cancel)));
        Assert.Single(images.Select(image => image.LayerDirectories[0]).Distinct());
        Assert.Equal(6, Store.List().Count);
        Assert.Single(System.IO.Directory.EnumerateFileSystemEntries(LayersDirectory));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(TemporaryFiles));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(Directory["data/images/refs"]));
    }

    [Fact]
    public async Task WhatACrashLeftHalfUnpacked_DoesNotReachTheNextImport()
    {
        byte[] tar = Small;
        string leftover = Path.Combine(TemporaryFiles, Digest.Of(tar).Hex, "fs");
        System.IO.Directory.CreateDirectory(leftover);
        File.WriteAllText(Path.Combine(leftover, "stale"), "stale");
        StoredImage image = await ResolveAsync(NewLayout().Layer(tar).Write());
        Assert.Equal(["hello"], System.IO.Directory.EnumerateFileSystemEntries(image.LayerDirectories[0]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Progress_CountsTheBytesOfEachLayer()
    {
        byte[] noise = new byte[3_000_000];
        new Random(1).NextBytes(noise);
        Layout layout = NewLayout();
        string reference = layout.Layer(new Layer().File("noise", Convert.ToBase64String(noise)).ToArray()).Layer(Small).Write();
        var reports = new List<ImageProgress>();
        await Store.ResolveAsync(reference, null, new Recorder(reports), Cancel);
        await Store.ResolveAsync(reference, null, new Recorder(reports), Cancel);
        ImageProgress[] first = [.. reports.Where(report => report.LayerIndex == 0 && report.Stage == ImageStage.Unpacking)];
        Assert.InRange(first.Length, 4, 10);
        Assert.Equal(first[^1].TotalBytes, first[^1].DoneBytes);
        Assert.Equal(2, reports.Count(report => report.Stage == ImageStage.Cached));
        Assert.All(reports, report => Assert.Equal(2, report.LayerCount));
    }

    [Fact]
    public async Task RemovingAName_RemovesLayersNobodyNeeds()
    {
        byte[] shared = Small;
        await Store.ImportAsync(NewLayout("a").Layer(shared).Layer(new Layer().File("only-a").ToArray()).Write(), "a", null, Cancel);
        await Store.ImportAsync(NewLayout("b").Layer(shared).Write(), "b", null, Cancel);
        GarbageReport report = await Store.RemoveAsync("a", Cancel);
        Assert.Equal((1, 2, 0), (report.Layers, report.Blobs, report.Leftovers));
        Assert.Equal("b:latest", Assert.Single(Store.List()).Name);
        Assert.Equal("world", File.ReadAllText(Path.Combine((await ResolveAsync("b")).LayerDirectories[0], "hello")));
    }

    [Fact]
    public async Task LayersOfAContainer_AreKeptUntilItIsReleased()
    {
        await Store.ImportAsync(NewLayout().Layer(Small).Write(), "a", null, Cancel);
        await ResolveAsync("a", container: "c1");
        await Store.RemoveAsync("a", Cancel);
        Assert.Equal(0, (await Store.CollectGarbageAsync(null, Cancel)).Layers);
        Store.Release(ContainerId.Parse("c1"));
        Assert.Equal(1, (await Store.CollectGarbageAsync(null, Cancel)).Layers);
        Store.Release(ContainerId.Parse("c1"));
    }

    [Fact]
    public async Task ReferencesOfContainersThatAreGone_AreDroppedWhenTheCallerKnows()
    {
        await ResolveAsync(NewLayout().Layer(Small).Write(), container: "dead");
        Assert.Equal(0, (await Store.CollectGarbageAsync(id => id.Value == "dead", Cancel)).Layers);
        Assert.Equal(1, (await Store.CollectGarbageAsync(_ => false, Cancel)).Layers);
    }

    [Fact]
    public async Task ACollectionDuringAnImport_LeavesItAlone()
    {
        Layout layout = NewLayout();
        for (int i = 0; i < 20; i++)
        {
            layout.Layer(new Layer().File($"f{i}", new string('x', 100_000)).ToArray());
        }

        string reference = layout.Write();
        Task<StoredImage> import = Task.Run(() => ResolveAsync(reference, container: "c1"), Cancel);
        while (!import.IsCompleted)
        {
            await new ImageStore(Directory["data"]).CollectGarbageAsync(null, Cancel);
        }

        Assert.All((await import).LayerDirectories, directory => Assert.True(System.IO.Directory.Exists(directory)));
    }

    [Fact]
    public async Task WhatCrashesLeft_IsCollected()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(TemporaryFiles, "import-dead", "blobs"));
        System.IO.Directory.CreateDirectory(Path.Combine(TemporaryFiles, new string('a', 64)));
        File.WriteAllText(Directory["data/images/refs/import-dead.json"], "{");
        File.WriteAllText(Directory["data/images/refs/container-x.json.1-1.tmp"], "{");
        Assert.Equal(2, (await Store.CollectGarbageAsync(null, Cancel)).Leftovers);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(Directory["data/images/refs"]));
    }

    [Fact]
    public async Task ARootfsDirectory_IsUsedInPlace()
    {
        string rootfs = Directory.Make("rootfs");
        StoredImage image = await ResolveAsync($"rootfs:{rootfs}");
        Assert.Equal([rootfs], image.LayerDirectories);
        Assert.Null(image.Digest);
    }

    [Fact]
    public async Task AnImportedRootfs_IsACopy()
    {
        string rootfs = Directory.Make("rootfs");
        File.WriteAllText(Path.Combine(rootfs, "a"), "before");
        StoredImage image = await Store.ImportAsync($"rootfs:{rootfs}", null, null, Cancel);
        File.WriteAllText(Path.Combine(rootfs, "a"), "after");
        Assert.Equal("before", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "a")));
        Assert.Equal("rootfs:latest", image.Reference);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(TemporaryFiles));
    }

    [Fact]
    public void AStoreThatCannotBeMade_IsNamed()
    {
        File.WriteAllText(Directory["file"], string.Empty);
        ImageException error = Assert.Throws<ImageException>(() => new ImageStore(Directory["file"]));
        Assert.Contains(Directory["file/images"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADamagedIndex_IsSaidToBeDamaged()
    {
        File.WriteAllText(Directory["data/images/index.json"], "{ \"version\": 1,");
        SkerryException error = Assert.Throws<ImageException>(() => Store.List());
        Assert.Contains("index.json", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ImageException>(() => ResolveAsync("a"));
    }

    private sealed class Recorder(List<ImageProgress> reports) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => reports.Add(value);
    }
}
