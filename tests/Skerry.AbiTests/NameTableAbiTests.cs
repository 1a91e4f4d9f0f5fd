using System.Globalization;
using System.Text.RegularExpressions;
using Skerry.Linux;
using Skerry.Linux.Seccomp;

namespace Skerry.AbiTests;

/// <summary>Compares our name tables with the headers of the machine that builds.</summary>
public sealed partial class NameTableAbiTests
{
    [Theory]
    [InlineData("unistd_64.h", 360)]
    [InlineData("unistd_32.h", 420)]
    public void SyscallTable_HasEveryCallOfTheHeaderUnderItsNumber(string file, int atLeast)
    {
        SyscallTable table = file == "unistd_64.h" ? SyscallTable.X86_64 : SyscallTable.I386;
        var header = Defines("/usr/include/x86_64-linux-gnu/asm/" + file, SyscallDefine());
        Assert.True(header.Count >= atLeast);
        Assert.Equal(header.OrderBy(e => e.Value), table.Numbers.Where(e => header.ContainsKey(e.Key)).OrderBy(e => e.Value));
        int newest = header.Values.Max();
        Assert.All(table.Numbers.Where(e => !header.ContainsKey(e.Key)), e => Assert.True(e.Value > newest || e.Key == "uretprobe", e.Key));
    }

    [Fact]
    public void Capabilities_AreThoseOfTheHeader()
    {
        var header = Defines("/usr/include/linux/capability.h", CapabilityDefine());
        var ours = Enum.GetValues<Capability>().ToDictionary(c => c.ToString(), c => (int)c);
        Assert.Equal(header.OrderBy(e => e.Value), ours.OrderBy(e => e.Value));
    }

    [Fact]
    public void ResourceLimits_AreThoseOfTheHeader()
    {
        var header = Defines("/usr/include/asm-generic/resource.h", LimitDefine());
        var ours = Enum.GetValues<ResourceLimitKind>().ToDictionary(c => c.ToString(), c => (int)c);
        Assert.Equal(header.OrderBy(e => e.Value), ours.OrderBy(e => e.Value));
    }

    [Fact]
    public void Signals_AreThoseOfTheHeaderButTheOneItCommentsOut()
    {
        var header = Defines("/usr/include/x86_64-linux-gnu/asm/signal.h", SignalDefine());
        Assert.True(header.Count >= 31);
        foreach ((string name, int number) in header.Where(e => e.Value <= Signals.Max && e.Key != "SIGLOST"))
        {
            Assert.True(Signals.TryParse(name, out int ours), name);
            Assert.Equal(name == "SIGRTMIN" ? Signals.RealTimeMin : number, ours);
        }
    }

    private static Dictionary<string, int> Defines(string header, Regex pattern)
    {
        Assert.SkipUnless(File.Exists(header), $"{header} is missing: install linux-libc-dev");
        return pattern.Matches(File.ReadAllText(header))
            .ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^#define\s+__NR_(\w+)\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex SyscallDefine();

    [GeneratedRegex(@"^#define\s+(CAP_[A-Z_]+)\s+(\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex CapabilityDefine();

    [GeneratedRegex(@"^#\s*define\s+(RLIMIT_[A-Z]+)\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex LimitDefine();

    [GeneratedRegex(@"^#define\s+(SIG[A-Z0-9]+)\s+(\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex SignalDefine();
}
