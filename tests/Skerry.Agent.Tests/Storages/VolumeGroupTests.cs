using Skerry.Agent.Tests.Harness;
using Skerry.Protocols.Agent;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Tests.Storages;

public sealed class VolumeGroupTests : IAsyncLifetime
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
    public async Task TheGroup_GetsAllOfTheVolume_AndNoLinkLeadsOut()
    {
        string outside = $"{_agent.DirectoryPath}/outside";
        File.WriteAllText(outside, "x");
        File.SetUnixFileMode(outside, (UnixFileMode)0b110_000_000);

        ProcessResult seen = await RunAsync(FSGroupChangePolicy.Always, source => File.CreateSymbolicLink($"{source}/link", outside));

        Assert.Equal("2770 77 /v\n2771 77 /v/dir\n660 77 /v/dir/file", seen.Text);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(outside));
    }

    [Fact]
    public async Task ARootThatMatches_IsTakenForAll_WhenThePolicySaysSo()
    {
        ProcessResult seen = await RunAsync(FSGroupChangePolicy.OnRootMismatch, source =>
        {
            Linux.RootedFiles.ChangeOwner(Linux.FileDescriptor.Open(source, Linux.OpenFlags.O_RDONLY), uint.MaxValue, 77);
            File.SetUnixFileMode(source, (UnixFileMode)0b010_111_111_000);
        });

        Assert.Equal("2770 77 /v\n701 0 /v/dir\n600 0 /v/dir/file", seen.Text);
    }

    private async Task<ProcessResult> RunAsync(FSGroupChangePolicy policy, Action<string> prepare)
    {
        string source = Directory.CreateDirectory($"{_agent.DirectoryPath}/source").FullName;
        Directory.CreateDirectory($"{source}/dir");
        File.WriteAllText($"{source}/dir/file", "x");
        File.SetUnixFileMode(source, (UnixFileMode)0b111_000_000);
        File.SetUnixFileMode($"{source}/dir", (UnixFileMode)0b111_000_001);
        File.SetUnixFileMode($"{source}/dir/file", (UnixFileMode)0b110_000_000);
        prepare(source);
        string point = $"{_agent.DirectoryPath}/point";
        var storage = new StorageRequest
        {
            Driver = "bind",
            Source = source,
            MountPoint = point,
            Options = { "bind" },
            FsGroup = new FSGroup { GroupId = 77, GroupChangePolicy = policy },
        };
        return await _agent.Container("c1").With(r => r.Storages.Add(storage)).AddMount("/v", "bind", point, "rbind")
            .Run("stat", "-c", "%a %g %n", "/v", "/v/dir", "/v/dir/file").RunAsync();
    }
}
