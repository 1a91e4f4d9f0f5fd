using System.Text;
using Skerry.Linux.Netlink;

namespace Skerry.Linux.Tests.Netlink;

public sealed class UeventTests
{
    [Fact]
    public void Datagram_BecomesActionPathAndProperties()
    {
        Uevent? uevent = Parse("add@/devices/pci0000:00/virtio1/block/vda\0ACTION=add\0SUBSYSTEM=block\0DEVNAME=vda\0EMPTY=\0=x\0noequals\0");
        Assert.NotNull(uevent);
        Assert.Equal(("add", "/devices/pci0000:00/virtio1/block/vda", "block", "vda"), (uevent.Action, uevent.DevicePath, uevent.Subsystem, uevent.DeviceName));
        Assert.Equal(4, uevent.Properties.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("add@")]
    [InlineData("add@/devices without end")]
    [InlineData("@/devices\0")]
    [InlineData("add@devices\0")]
    [InlineData("libudev\0\u0001\u0002@/x")]
    public void AnythingElse_IsNoEvent(string datagram) => Assert.Null(Parse(datagram));

    [Fact]
    public void PropertiesWithoutEnd_AreCapped()
    {
        Uevent? uevent = Parse("add@/x\0" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"K{i}=v\0")) + "LAST=unended");
        Assert.Equal(256, uevent!.Properties.Count);
    }

    [Fact]
    public void RandomBytes_AreSurvived()
    {
        var random = new Random(5);
        for (int round = 0; round < 20000; round++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            Uevent.Parse([.. "add@/"u8, .. bytes]);
        }
    }

    [Fact]
    public async Task SyntheticEventOfTheKernel_IsHeard()
    {
        Root.Require();
        const string File = "/sys/devices/virtual/mem/null/uevent";
        Assert.SkipUnless(System.IO.File.Exists(File), $"{File} is missing");
        using UeventListener listener = UeventListener.Open();
        string id = Guid.NewGuid().ToString();
        await System.IO.File.WriteAllTextAsync(File, $"change {id} PURPOSE=test", TestContext.Current.CancellationToken);
        while (true)
        {
            Uevent? uevent = await listener.ReadAsync(TestContext.Current.CancellationToken);
            if (uevent?.Properties.GetValueOrDefault("SYNTH_UUID") == id)
            {
                Assert.Equal(("change", "/devices/virtual/mem/null", "mem", "null"), (uevent.Action, uevent.DevicePath, uevent.Subsystem, uevent.DeviceName));
                Assert.Equal("test", uevent.Properties["SYNTH_ARG_PURPOSE"]);
                break;
            }
        }
    }

    [Fact]
    public async Task WaitWithoutEvents_CanBeCancelled()
    {
        Root.Require();
        using UeventListener listener = UeventListener.Open();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                await listener.ReadAsync(soon.Token);
            }
        });
    }

    private static Uevent? Parse(string text) => Uevent.Parse(Encoding.UTF8.GetBytes(text));
}
