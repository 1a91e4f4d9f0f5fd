using System.Buffers.Binary;
using Skerry.Core;
using Skerry.Linux.Cgroups;

namespace Skerry.Linux.Tests.Cgroups;

public sealed class DeviceRuleTests
{
    [Theory]
    [InlineData('c', 1u, 3u, "rw", true)]
    [InlineData('c', 1u, 3u, "m", true)]
    [InlineData('c', 136u, 77u, "rw", true)]
    [InlineData('c', 10u, 200u, "m", true)]
    [InlineData('c', 10u, 200u, "r", false)]
    [InlineData('c', 10u, 200u, "rm", false)]
    [InlineData('b', 253u, 0u, "r", false)]
    [InlineData('b', 1u, 3u, "w", false)]
    public void Defaults_OpenOnlyTheHarmlessDevices(char type, uint major, uint minor, string access, bool allowed) =>
        Assert.Equal(allowed, Decide(DeviceRule.Defaults, type, major, minor, access));

    [Fact]
    public void LastRuleThatMatches_Decides()
    {
        DeviceRule[] rules =
        [
            new(true, 'a', null, null, "rwm"),
            new(false, 'b', 8, null, "w"),
            new(true, 'b', 8, 1, "w"),
        ];
        Assert.True(Decide(rules, 'b', 8, 1, "rw"));
        Assert.False(Decide(rules, 'b', 8, 2, "rw"));
        Assert.True(Decide(rules, 'b', 8, 2, "r"));
        Assert.True(Decide(rules, 'c', 8, 2, "rwm"));
    }

    [Fact]
    public void NoRules_DenyEverything() => Assert.False(Decide([], 'c', 1, 3, "r"));

    [Fact]
    public void OciFields_HaveTheirDefaults()
    {
        Assert.Equal(new DeviceRule(false, 'a', null, null, "rwm"), DeviceRule.FromOci(false, null, null, null, null));
        Assert.Equal(new DeviceRule(true, 'c', 10, null, "rw"), DeviceRule.FromOci(true, "c", 10, -1, "rw"));
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => DeviceRule.FromOci(true, "x", 1, 1, "r")).Kind);
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => DeviceRule.FromOci(true, "c", 1, 1, "rx")).Kind);
    }

    [Fact]
    public async Task RestrictedProcess_OpensOnlyWhatTheRulesAllow()
    {
        Busybox.Require();
        string? mountPoint = HostCgroups.Detect().UnifiedMountPoint;
        Assert.SkipUnless(mountPoint is not null, "needs a unified cgroup hierarchy");
        var cgroup = new CgroupV2($"{mountPoint}/skerry-test-{Guid.NewGuid():N}");
        cgroup.Create();
        try
        {
            cgroup.RestrictDevices([new DeviceRule(true, 'c', 1, 3, "rwm"), new DeviceRule(true, 'c', 1, 5, "w")]);
            Assert.Equal("null\nno zero\nno random\n", await RunAsync(cgroup));
            cgroup.RestrictDevices(DeviceRule.Defaults);
            Assert.Equal("null\nzero\nrandom\n", await RunAsync(cgroup));
        }
        finally
        {
            cgroup.KillAll();
            await cgroup.RemoveAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }

    private static Task<string> RunAsync(CgroupV2 cgroup) => Busybox.OutputAsync(
        Busybox.Shell("for d in null zero random; do head -c 0 /dev/$d 2>/dev/null && echo $d || echo no $d; done") with { CgroupProcsFiles = [cgroup.ProcsFile] });

    /// <summary>Runs the program as the kernel would, for the few instructions it uses.</summary>
    private static bool Decide(IReadOnlyList<DeviceRule> rules, char type, uint major, uint minor, string access)
    {
        uint bits = access.Aggregate(0u, (mask, letter) => mask | (letter switch { 'm' => 1u, 'r' => 2u, _ => 4u }));
        uint[] context = [(bits << 16) | (type == 'b' ? 1u : 2u), major, minor];
        byte[] program = DeviceProgram.Compile(rules);
        var registers = new ulong[10];
        for (int pc = 0; ; pc++)
        {
            ReadOnlySpan<byte> instruction = program.AsSpan(pc * 8, 8);
            int to = instruction[1] & 15;
            int from = instruction[1] >> 4;
            short offset = BinaryPrimitives.ReadInt16LittleEndian(instruction[2..]);
            ulong constant = (ulong)BinaryPrimitives.ReadInt32LittleEndian(instruction[4..]);
            switch (instruction[0])
            {
                case 0x61: registers[to] = context[offset / 4]; break;
                case 0xbf: registers[to] = registers[from]; break;
                case 0xb7: registers[to] = constant; break;
                case 0x57: registers[to] &= constant; break;
                case 0x77: registers[to] >>= (int)constant; break;
                case 0x05: pc += offset; break;
                case 0x55: pc += registers[to] != constant ? offset : 0; break;
                case 0x45: pc += (registers[to] & constant) != 0 ? offset : 0; break;
                case 0x95: return registers[0] != 0;
                default: Assert.Fail($"instruction {instruction[0]:x}"); break;
            }
        }
    }
}
