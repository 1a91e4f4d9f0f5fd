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
        using (var share = Open())
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
        using var share = Open();
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
        using var share = Open();
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
        using var share = Open();
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatTheManagerMountsLater_IsSeen_ThoughOurNamespaceIsOlder(bool beforeTheBind)
    {
        SkipUnlessRoot();
        string source = MakeSource();
        FileDescriptor managers = Namespaces.Open(Environment.ProcessId, CloneFlags.CLONE_NEWNS);
        Mounts.Bind(source, source, recursive: false);
        Mounts.SetPropagation(source, MountFlags.MS_SHARED);
        Directory.CreateDirectory(Path.Combine(source, "later"));
        try
        {
            await DedicatedThread.RunAsync("older", () =>
            {
                // A copy of the mounts that nothing reaches any more, as of a host whose root is private.
                Namespaces.Unshare(CloneFlags.CLONE_NEWNS);
                Mounts.SetPropagation("/", MountFlags.MS_PRIVATE | MountFlags.MS_REC);
                using var host = new HostMounts(managers);
                using var share = new MountedShare(Share, Path.Combine(_directory, "staging"), host);
                Action mount = () => host.LookAsync(() => MountTmpfs(Path.Combine(source, "later"))).GetAwaiter().GetResult();
                Action bind = () => share.AddBind(Id, "c1-data", source, recursive: true, ShareAccess.Writable);
                foreach (Action step in (Action[])(beforeTheBind ? [mount, bind] : [bind, mount]))
                {
                    step();
                }

                Assert.Equal("mounted", File.ReadAllText(Path.Combine(Share, "c1-data/later/file")));
                share.Remove(Id);
            });
            Assert.Equal("mounted", File.ReadAllText(Path.Combine(source, "later/file")));
        }
        finally
        {
            Mounts.TryUnmount(Path.Combine(source, "later"), UnmountFlags.MNT_DETACH, out _);
            Mounts.Unmount(source, UnmountFlags.MNT_DETACH);
        }
    }

    private static bool MountTmpfs(string target)
    {
        Mounts.Mount("tmpfs", target, "tmpfs");
        File.WriteAllText(Path.Combine(target, "file"), "mounted");
        return true;
    }

    private MountedShare Open() => new(Share, Path.Combine(_directory, "staging"), new HostMounts(managersNamespace: null));

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
