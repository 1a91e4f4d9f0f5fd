using System.Text;

namespace Skerry.Linux.Tests;

public sealed class FilesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Entries_AreMadeLinkedRenamedAndRemoved()
    {
        using var directory = new TemporaryDirectory();
        using FileDescriptor root = FileDescriptor.Open(directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        Assert.Equal(Errno.None, RawEntries.MakeDirectory(root, "d"u8, 0b111_000_000));
        Assert.Equal(Errno.EEXIST, RawEntries.MakeDirectory(root, "d"u8, 0b111_000_000));
        Assert.Equal(Errno.None, RawEntries.MakeSymlink(root, "l"u8, "d/f"u8));
        Assert.Equal("d/f"u8.ToArray(), RawEntries.ReadSymlink(root, "l"u8, out _));
        Assert.Null(RawEntries.ReadSymlink(root, "d"u8, out Errno noLink));
        Assert.Equal(Errno.EINVAL, noLink);
        Assert.Equal(Errno.None, RawEntries.MakeNode(root, "p"u8, FileModes.S_IFIFO | 0b110_000_000, 0, 0));
        using FileDescriptor inner = SafePath.OpenIn(root, "d", OpenFlags.O_PATH);
        using FileDescriptor fifo = SafePath.OpenIn(root, "p", OpenFlags.O_PATH);
        Assert.Equal(Errno.None, RawEntries.MakeHardLink(fifo, inner, "q"u8));
        Assert.Equal(Errno.None, RawEntries.MakeHardLink(fifo, inner, "r"u8));
        Assert.Equal(3u, Attributes.Status(fifo).Links);
        Assert.Equal(FileModes.S_IFIFO, Attributes.Status(fifo).Type);
        Assert.Equal(Errno.None, RawEntries.Rename(inner, "q"u8, root, "p2"u8));
        Assert.Equal(Errno.ENOTEMPTY, RawEntries.Remove(root, "d"u8, isDirectory: true));
        Assert.Equal(Errno.None, RawEntries.Remove(inner, "r"u8, isDirectory: false));
        Assert.Equal(Errno.None, RawEntries.Remove(root, "d"u8, isDirectory: true));
    }

    [Fact]
    public void DeviceNode_OwnerModeAndTimes_AreAsAsked()
    {
        Root.Require();
        using var directory = new TemporaryDirectory();
        using FileDescriptor root = FileDescriptor.Open(directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        Assert.Equal(Errno.None, RawEntries.MakeNode(root, "n"u8, FileModes.S_IFCHR | 0b110_000_000, 511, 70000));
        using FileDescriptor node = SafePath.OpenIn(root, "n", OpenFlags.O_PATH);
        Attributes.ChangeOwner(node, 12, 34);
        Attributes.ChangeMode(node, 0b100_110_100_000);
        Attributes.SetTimes(root, "n", new FileTime(1), new FileTime(1_000_000_000, 123_456_789));
        FileStatus status = Attributes.Status(node);
        Assert.Equal((511u, 70000u), status.DeviceNode);
        Assert.Equal((12u, 34u), (status.Uid, status.Gid));
        Assert.Equal(0b100_110_100_000u, status.Permissions);
        Assert.Equal(new FileTime(1_000_000_000, 123_456_789), status.Modified);
    }

    [Fact]
    public void OwnerOfASymlink_IsItsOwn()
    {
        Root.Require();
        using var directory = new TemporaryDirectory();
        using FileDescriptor root = FileDescriptor.Open(directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        File.WriteAllText(directory["f"], "");
        RawEntries.MakeSymlink(root, "l"u8, "f"u8);
        Attributes.ChangeOwner(root, "l", 5, 6);
        Attributes.SetTimes(root, "l", new FileTime(7), new FileTime(8));
        Assert.True(Attributes.TryStatus(root, "l", out FileStatus link, out _));
        Assert.Equal((5u, 6u, 8L), (link.Uid, link.Gid, link.Modified.Seconds));
        Assert.True(Attributes.TryStatus(root, "f", out FileStatus file, out _));
        Assert.Equal(0u, file.Uid);
        Assert.False(Attributes.TryStatus(root, "none", out _, out Errno error));
        Assert.Equal(Errno.ENOENT, error);
    }

    [Fact]
    public void ExtendedAttributes_AreSetReadAndListed()
    {
        Root.Require();
        using var directory = new TemporaryDirectory();
        Mounts.Mount("tmpfs", directory.Path, "tmpfs");
        File.WriteAllText(directory["f"], "");
        using FileDescriptor file = FileDescriptor.Open(directory["f"], OpenFlags.O_RDONLY);
        ExtendedAttributes.Set(directory["f"], "trusted.a", "1"u8);
        ExtendedAttributes.Set(file, "trusted.b", ""u8);
        Assert.Equal("1"u8.ToArray(), ExtendedAttributes.TryGet(file, "trusted.a", out _));
        Assert.Equal([], ExtendedAttributes.TryGet(directory["f"], "trusted.b", out _)!);
        Assert.Null(ExtendedAttributes.TryGet(file, "trusted.c", out Errno error));
        Assert.Equal(Errno.ENODATA, error);
        Assert.Equal(["trusted.a", "trusted.b"], ExtendedAttributes.List(file).Order());
        Assert.Equal(["trusted.a", "trusted.b"], ExtendedAttributes.List(directory["f"]).Order());
    }

    [Fact]
    public async Task FileLock_ExcludesAndIsHandedOn()
    {
        using var directory = new TemporaryDirectory();
        FileLock first = FileLock.TryTake(directory["lock"])!;
        Assert.Null(FileLock.TryTake(directory["lock"]));
        Task<FileLock> second = FileLock.TakeAsync(directory["lock"], Token);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task CancelledFileLock_IsGivenBackWhenItArrives()
    {
        using var directory = new TemporaryDirectory();
        FileLock first = FileLock.TryTake(directory["lock"])!;
        using var cancel = new CancellationTokenSource();
        Task<FileLock> second = FileLock.TakeAsync(directory["lock"], cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        (await FileLock.TakeAsync(directory["lock"], Token)).Dispose();
    }

    [Fact]
    public async Task ATemporaryFileLock_GoesToOneAtATime_AndItsFileGoes()
    {
        const int Takers = 8;
        const int Rounds = 50;
        using var directory = new TemporaryDirectory();
        int holders = 0;
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, Takers).Select(_ => Task.Run(
            async () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    using FileLock held = await FileLock.TakeTemporaryAsync(directory["lock"], Token);
                    int now = Interlocked.Increment(ref holders);
                    most = Math.Max(most, now);
                    await Task.Yield();
                    Interlocked.Decrement(ref holders);
                }
            },
            Token)));
        Assert.Equal(1, most);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task AWaiterOfATemporaryFileLock_DoesNotTakeARemovedFileForTheLock()
    {
        using var directory = new TemporaryDirectory();
        FileLock first = FileLock.TryTake(directory["lock"])!;
        Task<FileLock> second = FileLock.TakeTemporaryAsync(directory["lock"], Token);
        await Task.Delay(TimeSpan.FromMilliseconds(50), Token);

        // As a third finds it whose turn falls between the removal of the file and the end of the lock.
        File.Delete(directory["lock"]);
        FileLock third = await FileLock.TakeTemporaryAsync(directory["lock"], Token);
        first.Dispose();
        await Task.Delay(TimeSpan.FromMilliseconds(50), Token);
        Assert.False(second.IsCompleted);
        third.Dispose();
        (await second).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void AtomicWrite_ReplacesAndLeavesNothingBehind()
    {
        using var directory = new TemporaryDirectory();
        AtomicFile.Write(directory["state"], "one"u8);
        AtomicFile.Write(directory["state"], "two"u8);
        Assert.Equal("two", File.ReadAllText(directory["state"]));
        Assert.Equal([directory["state"]], Directory.GetFiles(directory.Path));
        Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => AtomicFile.Write(directory["no/state"], "x"u8)).Errno);
    }

    [Fact]
    public void FailedAtomicWrite_KeepsTheOldContents()
    {
        Root.Require();
        using var directory = new TemporaryDirectory();
        Mounts.Mount("tmpfs", directory.Path, "tmpfs", MountFlags.None, "size=64k");
        AtomicFile.Write(directory["state"], "old"u8);
        SyscallException error = Assert.Throws<SyscallException>(() => AtomicFile.Write(directory["state"], new byte[1 << 20]));
        Assert.Equal(Errno.ENOSPC, error.Errno);
        Assert.Equal("old", File.ReadAllText(directory["state"]));
        Assert.Single(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task FileWatch_SeesChangesSinceItsStart()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "1");
        using FileWatch watch = FileWatch.Start(directory["f"], FileWatchEvents.IN_MODIFY | FileWatchEvents.IN_DELETE_SELF);
        File.WriteAllText(directory["f"], "2", Encoding.UTF8);
        Assert.True((await watch.WaitAsync(Token)).HasFlag(FileWatchEvents.IN_MODIFY));
        Task<FileWatchEvents> next = watch.WaitAsync(Token);
        File.Delete(directory["f"]);
        FileWatchEvents seen = await next;
        Assert.True((seen & (FileWatchEvents.IN_DELETE_SELF | FileWatchEvents.IN_MODIFY)) != 0, seen.ToString());
        Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => FileWatch.Start(directory["f"], FileWatchEvents.IN_MODIFY)).Errno);
    }
}
