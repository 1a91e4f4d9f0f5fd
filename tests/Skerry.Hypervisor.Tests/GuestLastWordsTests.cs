using Skerry.Hypervisor.Qemu;

namespace Skerry.Hypervisor.Tests;

public sealed class GuestLastWordsTests
{
    [Theory]
    [InlineData("[    0.9] Kernel panic - not syncing: System is deadlocked on memory", "too little memory")]
    [InlineData("[    0.9] Initramfs unpacking failed: write error\n[ 1.0] Kernel panic - not syncing: No working init found.", "too little memory")]
    [InlineData("Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.", "no /init")]
    [InlineData("Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b", "agent ended")]
    [InlineData("Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)", "no root file system")]
    [InlineData("Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,1)", "cannot read its root disk")]
    [InlineData("device-mapper: verity: 254:1: data block 318 is corrupted\nKernel panic - not syncing: dm-verity device corrupted", "root hash")]
    [InlineData("VFS: Cannot open root device \"vda1\" or unknown-block(0,0): error -6\nKernel panic - not syncing: VFS: Unable to mount root fs", "driver")]
    [InlineData("Starting init: /sbin/init exists but couldn't execute it (error -8)\nKernel panic - not syncing: No working init found.", "another architecture")]
    [InlineData("noise\nKernel panic - not syncing: Fatal exception in interrupt\n---[ end", "Fatal exception in interrupt\"")]
    public void Panic_IsInterpreted(string console, string expected)
    {
        Assert.Contains(expected, GuestLastWords.Interpret(console)!.Value.Meaning, StringComparison.Ordinal);
        Assert.True(GuestLastWords.HasPanic(console) || console.Contains("unpacking", StringComparison.Ordinal));
    }

    [Fact]
    public void QuietConsole_SaysNothing() => Assert.Null(GuestLastWords.Interpret("agent: ready\n"));
}
