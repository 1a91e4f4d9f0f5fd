using System.Buffers.Binary;

namespace Skerry.Linux.Tests;

public sealed class SpawnRightsTests
{
    private const string ShowCapabilities = "grep -E '^Cap' /proc/self/status | cut -f2 | tr '\\n' ' '";
    private static readonly ulong s_netRaw = Capabilities.MaskOf(Capability.CAP_NET_RAW);
    private static readonly ulong s_chown = Capabilities.MaskOf(Capability.CAP_CHOWN);

    public SpawnRightsTests() => Busybox.Require();

    [Fact]
    public async Task UserGroupAndGroups_AreSwitched()
    {
        SpawnRequest request = Busybox.Shell("id -u; id -g; id -G; cat /etc/shadow 2>/dev/null || echo denied; grep CapEff /proc/self/status | cut -f2") with
        {
            Uid = 1234,
            Gid = 2345,
            SupplementaryGroups = [7, 8],
        };
        Assert.Equal("1234\n2345\n2345 7 8\ndenied\n0000000000000000\n", await Busybox.OutputAsync(request));
    }

    [Fact]
    public async Task RootWithFewCapabilities_HasOnlyThose()
    {
        ulong mask = s_netRaw | s_chown;
        SpawnRequest request = Busybox.Shell(ShowCapabilities) with { Capabilities = new CapabilitySets(mask, mask, 0, mask, 0) };
        string hex = mask.ToString("x16", null);
        Assert.Equal($"0000000000000000 {hex} {hex} {hex} 0000000000000000 ", await Busybox.OutputAsync(request));
    }

    [Fact]
    public async Task UserWithAmbientCapabilities_KeepsThemThroughExec()
    {
        SpawnRequest request = Busybox.Shell(ShowCapabilities) with
        {
            Uid = 1000,
            Gid = 1000,
            SupplementaryGroups = [],
            Capabilities = new CapabilitySets(s_netRaw | s_chown, s_netRaw, s_netRaw, s_netRaw, s_netRaw),
        };
        string raw = s_netRaw.ToString("x16", null);
        Assert.Equal($"{raw} {raw} {raw} {(s_netRaw | s_chown).ToString("x16", null)} {raw} ", await Busybox.OutputAsync(request));
    }

    [Fact]
    public async Task UserWithoutAmbientCapabilities_HasNoneAfterExec()
    {
        SpawnRequest request = Busybox.Shell(ShowCapabilities) with { Uid = 1000, Capabilities = new CapabilitySets(s_netRaw, s_netRaw, 0, s_netRaw, 0) };
        Assert.Equal($"0000000000000000 0000000000000000 0000000000000000 {s_netRaw.ToString("x16", null)} 0000000000000000 ", await Busybox.OutputAsync(request));
    }

    [Fact]
    public void AmbientCapabilityThatIsNotInheritable_IsNamed()
    {
        SpawnRequest request = Busybox.Shell("true") with { Capabilities = new CapabilitySets(s_netRaw, s_netRaw, 0, s_netRaw, s_netRaw) };
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(request));
        Assert.Equal((SpawnStage.Capabilities, Errno.EPERM), (error.Stage, error.Errno));
        Assert.Contains("CAP_NET_RAW", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoNewPrivileges_IsSet()
    {
        SpawnRequest request = Busybox.Shell("grep NoNewPrivs /proc/self/status | cut -f2");
        Assert.Equal("0\n", await Busybox.OutputAsync(request));
        Assert.Equal("1\n", await Busybox.OutputAsync(request with { NoNewPrivileges = true }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SeccompFilter_DeniesACall(bool noNewPrivileges)
    {
        using var directory = new TemporaryDirectory();
        SpawnRequest request = Busybox.Shell($"mkdir {directory["x"]} 2>/dev/null || echo denied; grep '^Seccomp:' /proc/self/status | cut -f2") with
        {
            Uid = 1000,
            NoNewPrivileges = noNewPrivileges,
            SeccompFilter = DenyMkdir(),
        };
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_111_111);
        Assert.Equal("denied\n2\n", await Busybox.OutputAsync(request));
    }

    [Fact]
    public void BrokenSeccompFilter_IsRefused()
    {
        SpawnException error = Assert.Throws<SpawnException>(
            () => Spawner.Spawn(Busybox.Shell("true") with { NoNewPrivileges = true, SeccompFilter = new byte[8] }));
        Assert.Equal((SpawnStage.Seccomp, Errno.EINVAL), (error.Stage, error.Errno));
    }

    [Fact]
    public async Task ResourceLimits_AreSet()
    {
        SpawnRequest request = Busybox.Shell("ulimit -n; ulimit -Hn; ulimit -c") with
        {
            ResourceLimits = [new(ResourceLimitKind.RLIMIT_NOFILE, 123, 456), new(ResourceLimitKind.RLIMIT_CORE, 0, 0)],
        };
        Assert.Equal("123\n456\n0\n", await Busybox.OutputAsync(request));
    }

    [Fact]
    public async Task LimitAboveTheHardOne_FailsOrGoesAsFarAsAllowed()
    {
        SpawnRequest request = Busybox.Shell("ulimit -n; ulimit -Hn") with
        {
            ResourceLimits = [new(ResourceLimitKind.RLIMIT_NOFILE, 64, 64), new(ResourceLimitKind.RLIMIT_NOFILE, 5000, 5000)],
            Capabilities = CapabilitySets.None,
        };

        // Run by a shell without CAP_SYS_RESOURCE, if this machine has it: limits are set before capabilities fall.
        Assert.SkipWhen(HasCapability(Capability.CAP_SYS_RESOURCE), "needs a machine without CAP_SYS_RESOURCE");
        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(request));
        Assert.Equal((SpawnStage.ResourceLimit, Errno.EPERM), (error.Stage, error.Errno));
        Assert.Contains("RLIMIT_NOFILE", error.Message, StringComparison.Ordinal);
        Assert.Equal("64\n64\n", await Busybox.OutputAsync(request with { BestEffortLimits = true }));
    }

    [Fact]
    public async Task OomScore_IsSet()
    {
        Assert.Equal("321\n", await Busybox.OutputAsync(Busybox.Shell("cat /proc/self/oom_score_adj") with { OomScoreAdj = 321 }));
        SpawnRequest lower = Busybox.Shell("cat /proc/self/oom_score_adj") with { OomScoreAdj = -999 };
        if (HasCapability(Capability.CAP_SYS_RESOURCE))
        {
            Assert.Equal("-999\n", await Busybox.OutputAsync(lower));
            return;
        }

        SpawnException error = Assert.Throws<SpawnException>(() => Spawner.Spawn(lower));
        Assert.Equal((SpawnStage.OomScore, Errno.EACCES), (error.Stage, error.Errno));
        Assert.Equal("0\n", await Busybox.OutputAsync(lower with { BestEffortLimits = true }));
    }

    [Fact]
    public async Task StdioGivenToTheUser_CanBeOpenedAgain()
    {
        SpawnRequest request = Busybox.Shell("echo again > /proc/self/fd/1") with { Uid = 1000 };
        Assert.NotEqual(0, (await Busybox.RunAsync(request)).Status.Code);
        Assert.Equal("again\n", await Busybox.OutputAsync(request with { OwnStdio = true }));
    }

    private static bool HasCapability(Capability capability)
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        return (Convert.ToUInt64(line[7..].Trim(), 16) & Capabilities.MaskOf(capability)) != 0;
    }

    /// <summary>ld [nr]; jeq mkdir → EPERM; allow.</summary>
    private static byte[] DenyMkdir()
    {
        ulong[] program = [0x20, 0x15 | (1ul << 24) | (83ul << 32), 0x06 | (0x00050001ul << 32), 0x06 | (0x7fff0000ul << 32)];
        byte[] bytes = new byte[program.Length * sizeof(ulong)];
        for (int i = 0; i < program.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), program[i]);
        }

        return bytes;
    }
}
