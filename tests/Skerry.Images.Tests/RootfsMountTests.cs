using Skerry.Images.Mounting;
using Skerry.Images.Tar;
using Skerry.Images.Tests.Support;
using Skerry.Linux;

namespace Skerry.Images.Tests;

/// <summary>Layers as overlayfs really shows them.</summary>
public sealed class RootfsMountTests : StoreFixture
{
    [Fact]
    public async Task WhiteoutsAndOpaqueDirectories_HideWhatIsBelow()
    {
        string root = await MountAsync(
            new Layer().Folder("d/").File("d/gone", "1").File("d/kept", "1").Folder("o/").File("o/hidden", "1").File("top", "1").Folder("tree/").File("tree/x"),
            new Layer().Folder("d/").File("d/.wh.gone").Folder("o/").File("o/.wh..wh..opq").File("o/new", "2").File(".wh.top").File(".wh.tree"));
        Assert.Equal(["d", "o"], Names(root));
        Assert.Equal(["kept"], Names(Path.Combine(root, "d")));
        Assert.Equal(["new"], Names(Path.Combine(root, "o")));
        File.WriteAllText(Path.Combine(root, "top"), "again");
        Assert.Equal("again", File.ReadAllText(Path.Combine(root, "top")));
    }

    [Fact]
    public async Task ADirectoryMadeOverAWhiteoutOfALowerLayer_StartsEmpty()
    {
        string root = await MountAsync(
            new Layer().Folder("d/").File("d/old"),
            new Layer().File(".wh.d"),
            new Layer().Folder("d/").File("d/new"));
        Assert.Equal(["new"], Names(Path.Combine(root, "d")));
    }

    [Fact]
    public async Task AnOpaqueRoot_HidesAllLayersBelow()
    {
        string root = await MountAsync(new Layer().File("old"), new Layer().File(".wh..wh..opq").File("new"), new Layer().File("newer"));
        Assert.Equal(["new", "newer"], Names(root));
    }

    [Fact]
    public async Task ADirectoryNoEntryDescribes_LooksAsInTheLayersBelow()
    {
        string root = await MountAsync(
            new Layer().Folder("tmp/", 0b001_111_111_111).Add(Layer.Entry("srv/", TarEntryType.Directory, 0b111_000_000) with { Uid = 33 }),
            new Layer().File("tmp/x").File("srv/a/b"),
            new Layer().File("tmp/y"));
        Assert.Equal(["x", "y"], Names(Path.Combine(root, "tmp")));
        Assert.Equal(0b001_111_111_111u, Status(Path.Combine(root, "tmp")).Permissions);
        Assert.Equal((0b111_000_000u, 33u), Status(Path.Combine(root, "srv")) is var srv ? (srv.Permissions, srv.Uid) : default);
    }

    [Fact]
    public async Task TheRootItself_LooksAsTheTopmostLayersRoot()
    {
        string root = await MountAsync(new Layer().Add(Layer.Entry("./", TarEntryType.Directory, 0b111_101_000) with { Uid = 5 }).File("a"));
        Assert.Equal((0b111_101_000u, 5u), Status(root) is var status ? (status.Permissions, status.Uid) : default);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(128)]
    public async Task ManyLayers_AreStackedInOrder(int count)
    {
        string root = await MountAsync([.. Enumerable.Range(0, count).Select(i => new Layer().File("which", $"{i}").File($"f{i}", $"{i}"))]);
        Assert.Equal($"{count - 1}", File.ReadAllText(Path.Combine(root, "which")));
        Assert.Equal(count + 1, Names(root).Length);
        File.WriteAllText(Path.Combine(root, "f0"), "changed");
        Assert.Equal("changed", File.ReadAllText(Path.Combine(root, "f0")));
    }

    [Fact]
    public async Task TheOptionsAsText_MountManyLayersToo()
    {
        Layout layout = NewLayout();
        foreach (int i in Enumerable.Range(0, 100))
        {
            layout.Layer(new Layer().File($"f{i}").ToArray());
        }

        RootfsMount mount = RootfsMount.Prepare(await ResolveAsync(layout.Write()), Directory["container"]);
        string options = string.Join(',', mount.Options);
        Assert.InRange(options.Length, 5000, 50_000);
        string target = Directory.Make("merged");
        Mounts.Mount("overlay", target, RootfsMount.Type, MountFlags.None, options);
        Directory.WillUnmount(target);
        Assert.Equal(100, Names(target).Length);
    }

    [Fact]
    public async Task LayersStayAsTheyAre_WhateverTheContainerWrites()
    {
        StoredImage image = await StoreAsync(new Layer().File("a", "layer"));
        string root = Mount(image);
        File.WriteAllText(Path.Combine(root, "a"), "container");
        Assert.Equal("layer", File.ReadAllText(Path.Combine(image.LayerDirectories[0], "a")));
    }

    [Fact]
    public async Task PathsWithColonsAndCommas_AreMounted()
    {
        string odd = Directory.Make("odd:dir,with\\all");
        File.WriteAllText(Path.Combine(odd, "a"), "x");
        StoredImage image = await ResolveAsync($"rootfs:{odd}");
        Assert.Equal(["a"], Names(Mount(image)));
    }

    [Fact]
    public async Task AccountsBehindAnEscapingLink_AreNotReadFromTheHost()
    {
        File.WriteAllText(Directory["secret"], "spy:x:77:77::/:\n");
        StoredImage image = await StoreAsync(new Layer().Link("etc/passwd", "../../../../../../../../" + Directory["secret"]));
        Core.SkerryException error = Assert.Throws<Core.SkerryException>(() => RootfsAccounts.Resolve(image, "spy"));
        Assert.StartsWith("unable to find user spy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTopmostAccountFiles_Win()
    {
        StoredImage image = await StoreAsync(new Layer().File("etc/passwd", "app:x:1:1::/:\n"), new Layer().File("etc/passwd", "app:x:2:3::/:\n"));
        Assert.Equal((2u, 3u), RootfsAccounts.Resolve(image, "app") is var user ? (user.Uid, user.Gid) : default);
    }

    private async Task<string> MountAsync(params Layer[] layers) => Mount(await StoreAsync(layers));

    private string Mount(StoredImage image)
    {
        RootfsMount mount = RootfsMount.Prepare(image, Directory["container"]);
        string target = Directory.Make("merged");
        mount.Mount(target);
        Directory.WillUnmount(target);
        return target;
    }

    private Task<StoredImage> StoreAsync(params Layer[] layers)
    {
        Layout layout = NewLayout();
        foreach (Layer layer in layers)
        {
            layout.Layer(layer.ToArray());
        }

        return ResolveAsync(layout.Write());
    }

    private static string[] Names(string directory) => [.. System.IO.Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Order()];

    private static FileStatus Status(string path)
    {
        using FileDescriptor file = FileDescriptor.Open(path, OpenFlags.O_PATH);
        return Attributes.Status(file);
    }
}
