using Skerry.Core;

namespace Skerry.Linux.Tests;

public sealed class MountTableTests
{
    [Fact]
    public void Line_IsSplitAndUnescaped()
    {
        MountEntry entry = Assert.Single(MountTable.Parse("36 35 98:0 /mnt1 /a\\040b\\134c rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue\n"));
        Assert.Equal(
            new MountEntry(36, 35, "98:0", "/mnt1", "/a b\\c", "rw,noatime", "shared:1 master:2", "ext3", "/dev/root", "rw,errors=continue"),
            entry);
    }

    [Theory]
    [InlineData("36 35 98:0 / / rw ext3 /dev/root rw")]
    [InlineData("x 35 98:0 / / rw - ext3 /dev/root rw")]
    [InlineData("36 35 98:0 / / rw - ext3")]
    public void BrokenLine_IsRefusedAndQuoted(string line) =>
        Assert.Contains(line, Assert.Throws<SkerryException>(() => MountTable.Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void OwnTable_HasTheRoot() => Assert.Contains(MountTable.Read(), entry => entry.Target == "/");
}
