using Google.Protobuf;
using Skerry.Agent.Tests.Harness;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Tests.Storages;

public sealed class StorageTests : IAsyncLifetime
{
    private AgentHarness _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await AgentHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    [Fact]
    public async Task AMemoryVolume_IsMountedForItsContainersAndThenGone()
    {
        string point = $"{_agent.DirectoryPath}/volume";
        var storage = new StorageRequest { Driver = "ephemeral", Source = "tmpfs", Fstype = "tmpfs", MountPoint = point, Options = { "size=1m", "mode=1770", "fsgid=55" } };
        TestContainer first = await _agent.Container("c1").With(r => r.Storages.Add(storage)).AddMount("/v", "bind", point, "rbind").Run("sleep", "1000").StartAsync();
        await using TestContainer second = await _agent.Container("c2").With(r => r.Storages.Add(storage)).AddMount("/v", "bind", point, "rbind").Run("sleep", "1000").StartAsync();

        ProcessResult seen = await first.RunExecAsync("e1", "sh", "-c", "echo x > /v/file; stat -c '%a %g' /v");
        ProcessResult other = await second.RunExecAsync("e1", "cat", "/v/file");
        await first.RemoveAsync();
        bool kept = IsMounted(point);
        await second.RemoveAsync();

        Assert.Equal(("3770 55", "x"), (seen.Text, other.Text));
        Assert.Equal((true, false), (kept, IsMounted(point)));
        Assert.False(Directory.Exists(point));
    }

    [Fact]
    public async Task ALocalVolume_IsADirectory()
    {
        string point = $"{_agent.DirectoryPath}/local";
        TestContainer container = await _agent.Container("c1")
            .With(r => r.Storages.Add(new StorageRequest { Driver = "local", Source = "local", MountPoint = point, Options = { "mode=0770" } })).Run("sleep", "1000").StartAsync();

        Assert.Equal((UnixFileMode)0b111_111_000, File.GetUnixFileMode(point));
        await container.RemoveAsync();
        Assert.False(Directory.Exists(point));
    }

    [Fact]
    public async Task ABoundFile_KeepsItsRestrictions()
    {
        string source = $"{_agent.DirectoryPath}/source";
        string point = $"{_agent.DirectoryPath}/point";
        File.WriteAllText(source, "text");
        TestContainer container = await _agent.Container("c1")
            .With(r => r.Storages.Add(new StorageRequest { Driver = "bind", Source = source, MountPoint = point, Options = { "bind", "ro" } })).Run("sleep", "1000").StartAsync();

        Assert.Equal("text", File.ReadAllText(point));
        Assert.Throws<IOException>(() => File.WriteAllText(point, "no"));
        await container.RemoveAsync();
        Assert.False(IsMounted(point));
    }

    [Theory]
    [InlineData("scsi", "/x", TtrpcStatusCode.Unimplemented, "scsi")]
    [InlineData("ephemeral", "relative", TtrpcStatusCode.InvalidArgument, "relative")]
    public async Task AnImpossibleStorage_IsNamed(string driver, string point, TtrpcStatusCode code, string named)
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1")
            .With(r => r.Storages.Add(new StorageRequest { Driver = driver, Source = "tmpfs", Fstype = "tmpfs", MountPoint = point })).Run("true").CreateAsync());

        Assert.Equal(code, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABlockDeviceThatDoesNotAppear_HasAStatusOfItsOwn_AndUndoesTheRest()
    {
        string point = $"{_agent.DirectoryPath}/volume";
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.Container("c1").With(r =>
        {
            r.Storages.Add(new StorageRequest { Driver = "ephemeral", Source = "tmpfs", Fstype = "tmpfs", MountPoint = point });
            r.Storages.Add(new StorageRequest { Driver = "blk", Source = "02/1f", Fstype = "ext4", MountPoint = $"{point}2" });
        }).Run("true").CreateAsync());

        Assert.Equal(AgentStatus.DeviceAbsent, error.Code);
        Assert.Contains("02/1f", error.Message, StringComparison.Ordinal);
        Assert.False(IsMounted(point));
    }

    [Fact]
    public async Task CopiedPieces_BecomeTheFileWhenAllAreThere()
    {
        string path = $"{_agent.Paths.SharedContainers}/c1/deep/file";
        await CopyAsync(path, 0x8000 | 0b110_000_100, "hello ", 0, 11);
        bool early = File.Exists(path);
        await CopyAsync(path, 0x8000 | 0b110_000_100, "world", 6, 11);

        Assert.False(early);
        Assert.Equal("hello world", File.ReadAllText(path));
        Assert.Equal((UnixFileMode)0b110_000_100, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task CopiedLinksAndDirectories_AreMade()
    {
        string root = _agent.Paths.SharedContainers;
        await CopyAsync($"{root}/dir", 0x4000 | 0b111_000_101, string.Empty, 0, 0);
        await CopyAsync($"{root}/link", 0xA000, "dir", 0, 3);

        Assert.Equal((UnixFileMode)0b111_000_101, File.GetUnixFileMode($"{root}/dir"));
        Assert.Equal("dir", new FileInfo($"{root}/link").LinkTarget);
    }

    [Fact]
    public async Task ACopyThroughALink_StaysInTheShare()
    {
        string root = _agent.Paths.SharedContainers;
        string outside = Directory.CreateDirectory($"{_agent.DirectoryPath}/outside").FullName;
        await CopyAsync($"{root}/link", 0xA000, outside, 0, outside.Length);

        await Assert.ThrowsAsync<TtrpcException>(() => CopyAsync($"{root}/link/file", 0x8000 | 0b110_000_000, "x", 0, 1));

        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("/etc/passwd", 1, 0)]
    [InlineData("SHARE/../../escape", 1, 0)]
    [InlineData("SHARE/file", 1, 1)]
    [InlineData("SHARE/file", 1, -1)]
    [InlineData("SHARE/file", -1, 0)]
    public async Task ACopyOutsideOfTheShareOrTheFile_IsRefused(string path, long size, long offset)
    {
        string target = path.Replace("SHARE", _agent.Paths.SharedContainers, StringComparison.Ordinal);

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => CopyAsync(target, 0x8000, "x", offset, size));

        Assert.Equal(TtrpcStatusCode.InvalidArgument, error.Code);
    }

    [Fact]
    public async Task VolumeStatistics_ComeFromTheFileSystem()
    {
        VolumeStatsResponse stats = await _agent.CallAsync(
            "GetVolumeStats", new VolumeStatsRequest { VolumeGuestPath = _agent.DirectoryPath }, VolumeStatsResponse.Parser);

        VolumeUsage bytes = Assert.Single(stats.Usage, u => u.Unit == VolumeUsage.Types.Unit.Bytes);
        Assert.InRange(bytes.Used, 1ul, bytes.Total);
    }

    private static bool IsMounted(string path) => File.ReadLines("/proc/self/mounts").Any(l => l.Split(' ')[1] == path);

    private Task CopyAsync(string path, uint mode, string data, long offset, long size) => _agent.CallAsync("CopyFile", new CopyFileRequest
    {
        Path = path,
        FileMode = mode,
        DirMode = 0b111_101_101,
        Uid = -1,
        Gid = -1,
        Data = ByteString.CopyFromUtf8(data),
        Offset = offset,
        FileSize = size,
    });
}
