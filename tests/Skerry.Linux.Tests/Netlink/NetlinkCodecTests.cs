using System.Text;
using Skerry.Linux.Netlink;

namespace Skerry.Linux.Tests.Netlink;

public sealed class NetlinkCodecTests
{
    [Fact]
    public void Message_HasTheLayoutOfTheKernel()
    {
        NetlinkWriter writer = new NetlinkWriter(16, 4).Byte(1).Byte(2).UInt16(3).Int32(-1);
        int nested = writer.BeginNested(18);
        writer.Attribute(1, "ab").EndNested(nested);
        byte[] bytes = writer.Complete(7).ToArray();
        Assert.Equal(
            [
                36, 0, 0, 0, 16, 0, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0,
                1, 2, 3, 0, 255, 255, 255, 255,
                12, 0, 18, 128, 7, 0, 1, 0, (byte)'a', (byte)'b', 0, 0,
            ],
            bytes);
    }

    [Fact]
    public void LongMessage_GrowsItsBuffer()
    {
        var writer = new NetlinkWriter(16, 0);
        for (int i = 0; i < 100; i++)
        {
            writer.Attribute(3, "a-rather-long-name");
        }

        var reader = new NetlinkReader(writer.Complete(1));
        Assert.True(reader.Next());
        var attributes = new NetlinkAttributes(reader.Payload);
        int count = 0;
        while (attributes.Next())
        {
            Assert.Equal("a-rather-long-name", attributes.Text);
            count++;
        }

        Assert.Equal(100, count);
        Assert.False(reader.Next());
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 16, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 15, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 17, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void MessageThatDoesNotFit_EndsTheDatagram(byte[] datagram) => Assert.False(new NetlinkReader(datagram).Next());

    [Theory]
    [InlineData(new byte[] { 4, 0, 1 })]
    [InlineData(new byte[] { 3, 0, 1, 0 })]
    [InlineData(new byte[] { 9, 0, 1, 0, 1, 2, 3, 4 })]
    public void AttributeThatDoesNotFit_EndsTheList(byte[] bytes) => Assert.False(new NetlinkAttributes(bytes).Next());

    [Fact]
    public void RandomBytes_NeverReadOutOfBounds()
    {
        var random = new Random(11);
        for (int round = 0; round < 20000; round++)
        {
            var bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            if (bytes.Length > 4)
            {
                bytes[1] = bytes[2] = bytes[3] = 0;
            }

            var reader = new NetlinkReader(bytes);
            while (reader.Next())
            {
                NetlinkError.Parse(reader.Payload, reader.Flags, out _);
                var attributes = new NetlinkAttributes(reader.Payload);
                while (attributes.Next())
                {
                    _ = (attributes.Text, attributes.UInt32, attributes.Address, attributes.Mac);
                }
            }
        }
    }

    [Fact]
    public void Refusal_CarriesTheKernelsWords()
    {
        byte[] words = Encoding.UTF8.GetBytes("no such thing\0");
        byte[] payload = [.. BitConverter.GetBytes(-19), .. new byte[16], .. BitConverter.GetBytes((ushort)(4 + words.Length)), 1, 0, .. words];
        Assert.Equal(Errno.ENODEV, NetlinkError.Parse(payload, 0x300, out string? reason));
        Assert.Equal("no such thing", reason);
        Assert.Equal(Errno.EBADMSG, NetlinkError.Parse([1, 2], 0, out _));
    }

    [Theory]
    [InlineData("02:00:0a:00:00:ff", true)]
    [InlineData("2:0:a:0:0:FF", true)]
    [InlineData("02:00:0a:00:00", false)]
    [InlineData("02:00:0a:00:00:100", false)]
    [InlineData("02:00:0a:00:00:+f", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void EthernetAddresses_AreReadStrictly(string? text, bool valid)
    {
        Assert.Equal(valid, MacAddress.TryParse(text, out MacAddress address));
        Assert.Equal(valid ? "02:00:0a:00:00:ff" : "00:00:00:00:00:00", address.ToString());
    }
}
