using Skerry.Linux.Pci;

namespace Skerry.Linux.Tests.Pci;

public sealed class PciAddressTests
{
    [Theory]
    [InlineData("0000:3b:02.1")]
    [InlineData("0000:00:1f.7")]
    [InlineData("10000:e1:00.0")]
    [InlineData("ffffffff:ff:00.0")]
    public void AnAddress_IsWrittenAsItWasRead(string text)
    {
        Assert.True(PciAddress.TryParse(text, out PciAddress address));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("3b:02.1")]
    [InlineData("0000:3b:02")]
    [InlineData("0000:3b:20.0")]
    [InlineData("0000:3b:02.8")]
    [InlineData("0000:3B:02.1")]
    [InlineData("0000.3b.02:1")]
    [InlineData("00000:3b:02.1")]
    [InlineData("0000:3b:02.1,x-vga=on")]
    [InlineData("../0:3b:02.1")]
    [InlineData("virtio2")]
    [InlineData("mlx5_core.sf.4")]
    [InlineData("usb-0000:00:14.0-1")]
    public void WhatIsNoAddress_IsNotRead(string? text) => Assert.False(PciAddress.TryParse(text, out _));
}
