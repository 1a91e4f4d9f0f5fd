using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Sandbox.Tests.Sharing;

public sealed class MountedShareTests : IDisposable
{
    private static readonly ContainerId Id = ContainerId.Parse("c1");
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-share-").FullName;

    private string Share => Path.Combine(_directory, "shared");

    [Fact]
    public void ABind_AppearsUnderItsName_AndIsGoneAfterwards()
    {
        SkipUnlessRoot();
        string source = MakeSource();
        using (var share = new MountedShare(Share, Path.Combine(_directory, "staging")))
        {
            share.AddRootFs(Id, [], source);
            share.AddBind(Id, "c1-data", source, recursive: true, ShareAccess.Writable);
            share.AddBind(Id, "c1-file", Path.Combine(source, "file"), recursive: false, ShareAccess.Writable);
            Assert.Equal("content", File.ReadAllText(Path.Combine(Share, "c1/rootfs/file")));
            Assert.Equal("content", File.ReadAllText(Path.Combine(Share, "c1-data/file")));
            Assert.Equal("content", File.ReadAllText(Path.Combine(Share, "c1-file")));
            share.Remove(Id);
            Assert.Empty(Directory.EnumerateFileSystemEntries(Share));
        }

        Assert.True(File.Exists(Path.Combine(source, "empty")), "the volume's own empty file must survive");
        Assert.DoesNotContain(MountTable.Read(), mount => mount.Target.StartsWith(_directory, StringComparison.Ordinal));
    }

    [Fact]
    public void AReadOnlyBind_CannotBeWritten()
    {
        SkipUnlessRoot();
        string source = MakeSource();
        using var share = new MountedShare(Share, Path.Combine(_directory, "staging"));
        share.AddBind(Id, "c1-data", source, recursive: true, ShareAccess.ReadOnly);
        MountEntry mount = MountTable.Read().Single(entry => entry.Target == Path.Combine(Share, "c1-data"));
        Assert.Contains("ro", mount.Options.Split(','));
        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(Share, "c1-data/new"), "x"));
        share.Remove(Id);
    }

    [Fact]
    public void AnotherContainersMounts_StayWhenOneIsRemoved()
    {
        SkipUnlessRoot();
        string source = MakeSource();
        using var share = new MountedShare(Share, Path.Combine(_directory, "staging"));
        ContainerId other = ContainerId.Parse("c2");
        share.AddRootFs(Id, [], source);
        share.AddRootFs(other, [], source);
        share.Remove(Id);
        Assert.True(File.Exists(Path.Combine(Share, "c2/rootfs/file")));
        share.Remove(other);
    }

    [Fact]
    public void ATargetThatLeavesTheRoot_IsRefused()
    {
        SkipUnlessRoot();
        using var share = new MountedShare(Share, Path.Combine(_directory, "staging"));
        var mount = new RootFsMount("tmpfs", "tmpfs", "../../../etc", []);
        Assert.Throws<SkerryException>(() => share.AddRootFs(Id, [mount], string.Empty));
    }

    [Fact]
    public void AnEmptyTree_KeepsWhatHasContent()
    {
        string tree = Path.Combine(_directory, "tree");
        Directory.CreateDirectory(Path.Combine(tree, "a/b"));
        File.WriteAllText(Path.Combine(tree, "a/empty"), string.Empty);
        File.WriteAllText(Path.Combine(tree, "a/b/full"), "x");
        Assert.False(EmptyTree.TryRemove(tree));
        Assert.True(File.Exists(Path.Combine(tree, "a/b/full")));
        File.Delete(Path.Combine(tree, "a/b/full"));
        Assert.True(EmptyTree.TryRemove(tree));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void SkipUnlessRoot() => Assert.SkipUnless(Environment.UserName == "root", "mounting needs root");

    private string MakeSource()
    {
        string source = Path.Combine(_directory, "source");
        Directory.CreateDirectory(source);
        File.WriteAllText(Path.Combine(source, "file"), "content");
        File.WriteAllText(Path.Combine(source, "empty"), string.Empty);
        return source;
    }
}
