using System.Text;
using Skerry.Images.Tar;
using Skerry.Images.Tests.Support;
using Skerry.Images.Unpacking;
using Skerry.Linux;

namespace Skerry.Images.Tests.Unpacking;

public sealed class LayerUnpackerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _root;

    public LayerUnpackerTests()
    {
        Root.Require();
        _root = _directory.Make("layer");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void OwnersModesTimesAndAttributes_AreKept()
    {
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Unpack(new Layer()
            .Add(Layer.Entry("bin/", TarEntryType.Directory, 0b001_111_101_101) with { Uid = 7, Gid = 8, ModifiedNanoseconds = 5 })
            .Add(Layer.Entry("bin/ping", mode: 0b110_111_101_101) with { Uid = 1000, Gid = 1001, Xattrs = [KeyValuePair.Create("security.capability", capability), KeyValuePair.Create("user.note", "hé"u8.ToArray())] }, "ELF"));
        FileStatus status = Status("bin/ping");
        Assert.Equal((0b110_111_101_101u, 1000u, 1001u, 3ul), (status.Permissions, status.Uid, status.Gid, status.SizeBytes));
        Assert.Equal(new FileTime(1_000_000_000), status.Modified);
        Assert.Equal(capability, ExtendedAttributes.TryGet(Path.Combine(_root, "bin/ping"), "security.capability", out _));
        Assert.Equal("hé"u8.ToArray(), ExtendedAttributes.TryGet(Path.Combine(_root, "bin/ping"), "user.note", out _));
        Assert.Equal((0b001_111_101_101u, 7u, new FileTime(1_000_000_000, 5)), Status("bin") is var bin ? (bin.Permissions, bin.Uid, bin.Modified) : default);
    }

    [Fact]
    public void EveryKindOfEntry_IsMade()
    {
        Unpack(new Layer()
            .Add(Layer.Entry("./", TarEntryType.Directory, 0b111_000_000) with { Uid = 42 })
            .File("a/file", "x")
            .HardLink("a/hard", "./a/file")
            .Link("a/link", "/etc/passwd")
            .Add(Layer.Entry("fifo", TarEntryType.Fifo))
            .Add(Layer.Entry("null", TarEntryType.CharacterDevice) with { Major = 1, Minor = 3 })
            .Add(Layer.Entry("disk", TarEntryType.BlockDevice) with { Major = 259, Minor = 70_000 }));
        Assert.Equal((0b111_000_000u, 42u), Status(string.Empty) is var root ? (root.Permissions, root.Uid) : default);
        Assert.Equal(Status("a/file").Inode, Status("a/hard").Inode);
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(_root, "a/link")).LinkTarget);
        Assert.Equal(new FileTime(1_000_000_000), Status("a/link").Modified);
        Assert.Equal(FileModes.S_IFIFO, Status("fifo").Type);
        Assert.Equal((FileModes.S_IFCHR, (1u, 3u)), (Status("null").Type, Status("null").DeviceNode));
        Assert.Equal((FileModes.S_IFBLK, (259u, 70_000u)), (Status("disk").Type, Status("disk").DeviceNode));
    }

    [Fact]
    public void Whiteouts_BecomeWhatOverlayfsUnderstands()
    {
        UnpackedLayer layer = Unpack(new Layer().File("dir/.wh.gone").Folder("opaque/").File("opaque/.wh..wh..opq").File(".wh..wh.plnk"));
        Assert.Equal((FileModes.S_IFCHR, (0u, 0u)), (Status("dir/gone").Type, Status("dir/gone").DeviceNode));
        Assert.Equal("y"u8.ToArray(), ExtendedAttributes.TryGet(Path.Combine(_root, "opaque"), "trusted.overlay.opaque", out _));
        Assert.Equal(["dir", "opaque"], Directory.EnumerateFileSystemEntries(_root).Select(Path.GetFileName).Order());
        Assert.Equal(["dir"], layer.ImpliedDirectories);
        Assert.False(layer.OpaqueRoot);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ANameHiddenAndMadeInOneLayer_IsThereAndHidesWhatIsBelow(bool whiteoutFirst)
    {
        Layer layer = whiteoutFirst ? new Layer().File(".wh.d").Folder("d/").File("d/x") : new Layer().Folder("d/").File("d/x").File(".wh.d");
        Unpack(layer);
        Assert.True(File.Exists(Path.Combine(_root, "d/x")));
        Assert.Equal("y"u8.ToArray(), ExtendedAttributes.TryGet(Path.Combine(_root, "d"), "trusted.overlay.opaque", out _));
    }

    [Fact]
    public void AnImageCannotSteerTheOverlay()
    {
        Unpack(new Layer().Add(Layer.Entry("d", TarEntryType.Directory) with { Xattrs = [KeyValuePair.Create("trusted.overlay.redirect", "/etc"u8.ToArray())] }));
        Assert.Null(ExtendedAttributes.TryGet(Path.Combine(_root, "d"), "trusted.overlay.redirect", out _));
    }

    [Fact]
    public void ALaterEntry_ReplacesAnEarlierOneOfAnyKind()
    {
        Unpack(new Layer()
            .File("twice", "first").File("twice", "second")
            .Folder("dir").File("dir/inner").File("dir", "now a file")
            .File("file").Folder("file").File("file/inner")
            .Link("link", "/somewhere").File("link", "now a file")
            .File("keep/inner").Folder("keep", 0b111_000_000));
        Assert.Equal("second", File.ReadAllText(Path.Combine(_root, "twice")));
        Assert.Equal("now a file", File.ReadAllText(Path.Combine(_root, "dir")));
        Assert.True(File.Exists(Path.Combine(_root, "file/inner")));
        Assert.Equal("now a file", File.ReadAllText(Path.Combine(_root, "link")));
        Assert.True(File.Exists(Path.Combine(_root, "keep/inner")));
        Assert.Equal(0b111_000_000u, Status("keep").Permissions);
    }

    [Fact]
    public void ASymlinkInsideTheLayer_IsFollowedForParents()
    {
        Unpack(new Layer().Folder("usr/bin").Link("bin", "usr/bin").File("bin/sh", "shell"));
        Assert.Equal("shell", File.ReadAllText(Path.Combine(_root, "usr/bin/sh")));
    }

    [Theory]
    [InlineData("../../outside")]
    [InlineData("/tmp")]
    public void AnEntryThroughASymlinkOutOfTheLayer_IsRefusedByName(string target)
    {
        string outside = _directory.Make("outside");
        ImageException error = Assert.Throws<ImageException>(() => Unpack(new Layer().Link("way", target).File("way/evil")));
        Assert.Equal("entry \"way/evil\" goes through a symbolic link that leaves the layer", error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public void AFileOverASymlink_ReplacesTheLinkAndNotItsTarget()
    {
        File.WriteAllText(_directory["victim"], "untouched");
        Unpack(new Layer().Link("x", _directory["victim"]).File("x", "evil"));
        Assert.Equal("untouched", File.ReadAllText(_directory["victim"]));
    }

    [Fact]
    public void AttributesOfASymlink_AreSetOnTheLink()
    {
        string victim = _directory["victim"];
        File.WriteAllText(victim, "untouched");
        Unpack(new Layer().Add(Layer.Entry("x", TarEntryType.Symlink) with { LinkTarget = Encoding.UTF8.GetBytes(victim), Uid = 1234, Mode = 0b100_111_111_111 }));
        Assert.Equal(1234u, Status("x").Uid);
        Assert.Equal(0u, Status("../victim").Uid);
        Assert.Equal(0u, Status("../victim").Permissions & FileModes.S_ISUID);
    }

    [Theory]
    [InlineData("../../etc/passwd", "has \"..\" in its path")]
    [InlineData("/etc/passwd", "which no earlier entry of the layer made")]
    [InlineData("later", "which no earlier entry of the layer made")]
    public void AHardLinkOutOfTheLayer_IsRefusedByName(string target, string why)
    {
        ImageException error = Assert.Throws<ImageException>(() => Unpack(new Layer().HardLink("x", target).File("later")));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains(target.TrimStart('/'), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AHardLinkThroughASymlinkOutOfTheLayer_IsRefused() =>
        Assert.Throws<ImageException>(() => Unpack(new Layer().Link("etc", "/etc").HardLink("x", "etc/passwd")));

    [Fact]
    public void AHardLinkToItself_Stays()
    {
        Unpack(new Layer().File("a", "x").HardLink("a", "a"));
        Assert.Equal("x", File.ReadAllText(Path.Combine(_root, "a")));
    }

    [Theory]
    [InlineData("file/below")]
    [InlineData("dangling/below")]
    public void AnEntryBelowSomethingThatIsNoDirectory_IsRefused(string name)
    {
        ImageException error = Assert.Throws<ImageException>(() => Unpack(new Layer().File("file").Link("dangling", "nowhere").File(name)));
        Assert.Contains("which is not a directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesThatAreNotUtf8_AreMadeAndCanBeRemoved()
    {
        byte[] name = [0xff, 0xfe, (byte)'x'];
        Unpack(new Layer().Add(Layer.Entry("d/") with { Name = name, Type = TarEntryType.Directory }).Add(Layer.Entry("d/f") with { Name = [.. name, (byte)'/', 0x80] }));
        using FileDescriptor root = FileDescriptor.Open(_root, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        Assert.Equal(name, Assert.Single(RawEntries.List(root)));
        RawEntries.RemoveTree(root, name);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public void ASparseFile_KeepsItsHoles()
    {
        using (FileStream file = File.Create(_directory["sparse"]))
        {
            file.Position = 10_000_000;
            file.Write("middle"u8);
            file.SetLength(20_000_000);
        }

        byte[] archive = Run.Output("tar", [], "-S", "--format", "pax", "-C", _directory.Root, "-cf", "-", "sparse");
        Unpack(archive);
        Assert.Equal(File.ReadAllBytes(_directory["sparse"]), File.ReadAllBytes(Path.Combine(_root, "sparse")));
        string used = Encoding.ASCII.GetString(Run.Output("du", [], "-k", Path.Combine(_root, "sparse"))).Split('\t')[0];
        Assert.InRange(int.Parse(used, System.Globalization.CultureInfo.InvariantCulture), 0, 1000);
    }

    private UnpackedLayer Unpack(Layer layer) => Unpack(layer.ToArray());

    private UnpackedLayer Unpack(byte[] archive)
    {
        using var unpacker = new LayerUnpacker(_root);
        return unpacker.Unpack(new TarReader(new MemoryStream(archive), TarLimits.Default), TestContext.Current.CancellationToken);
    }

    private FileStatus Status(string path)
    {
        using FileDescriptor file = FileDescriptor.Open(Path.Combine(_root, path), OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW);
        return Attributes.Status(file);
    }
}
