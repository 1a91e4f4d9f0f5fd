using Skerry.Core;

namespace Skerry.GuestAssets.Tests;

public sealed class KernelInspectorTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Vmlinux_SaysVersionAndEntry(bool pvh)
    {
        KernelDescription kernel = KernelInspector.Inspect(TestFiles.Vmlinux(pvh));
        Assert.Equal(new KernelDescription(KernelFormat.Vmlinux, "x86_64", "6.1.0-1-cloud-amd64", pvh), kernel);
    }

    [Fact]
    public void BzImage_SaysVersion()
    {
        KernelDescription kernel = KernelInspector.Inspect(TestFiles.BzImage(new byte[100], 100));
        Assert.Equal(new KernelDescription(KernelFormat.BzImage, "x86_64", "6.1.0-1-cloud-amd64", HasPvhEntry: false), kernel);
    }

    [Fact]
    public void NoKernel_IsRefusedByName()
    {
        using var scratch = new ScratchDirectory();
        string path = scratch.File("kernel", new byte[4096]);
        var error = Assert.Throws<GuestAssetException>(() => KernelInspector.Inspect(path));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.NotFound, Assert.Throws<GuestAssetException>(() => KernelInspector.Inspect(path + "x")).Kind);
    }

    [Fact]
    public void CutOffKernel_NeverReadsOutside()
    {
        foreach (byte[] whole in (byte[][])[TestFiles.Vmlinux(), TestFiles.BzImage(new byte[600], 600)])
        {
            for (int length = 0; length < whole.Length; length++)
            {
                try
                {
                    KernelInspector.Inspect(whole.AsSpan(0, length));
                }
                catch (InvalidDataException)
                {
                    continue;
                }
            }
        }
    }

    [Theory]
    [InlineData("6.1.0-9-cloud-amd64", "6.1.0-10-cloud-amd64")]
    [InlineData("5.10.0-30-cloud-amd64", "6.1.0-1-cloud-amd64")]
    [InlineData("6.1.0-10-cloud-amd64", "6.12.1-1-cloud-amd64")]
    public void Versions_CompareAsNumbers(string older, string newer)
    {
        Assert.True(KernelFinder.CompareVersions(older, newer) < 0);
        Assert.True(KernelFinder.CompareVersions(newer, older) > 0);
    }
}
