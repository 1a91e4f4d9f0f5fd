namespace Skerry.Images.Tests;

public sealed class ImageReferenceTests
{
    [Theory]
    [InlineData("oci:dir", ImageTransport.OciDirectory, "dir", null)]
    [InlineData("oci:/a/b:tag", ImageTransport.OciDirectory, "/a/b", "tag")]
    [InlineData("oci-archive:x.tar:docker.io/library/b:1", ImageTransport.OciArchive, "x.tar", "docker.io/library/b:1")]
    [InlineData("docker-archive:x.tar", ImageTransport.DockerArchive, "x.tar", null)]
    [InlineData("rootfs:/a:b", ImageTransport.Rootfs, "/a:b", null)]
    [InlineData("docker://busybox", ImageTransport.Registry, "busybox", null)]
    [InlineData("busybox", ImageTransport.Name, "busybox:latest", null)]
    [InlineData("docker.io/library/busybox", ImageTransport.Name, "busybox:latest", null)]
    [InlineData("docker.io/some/one:2", ImageTransport.Name, "some/one:2", null)]
    [InlineData("reg:5000/busybox", ImageTransport.Name, "reg:5000/busybox:latest", null)]
    [InlineData("reg:5000/busybox:1", ImageTransport.Name, "reg:5000/busybox:1", null)]
    public void AReference_IsUnderstood(string text, ImageTransport transport, string location, string? tag)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal((transport, location, tag), (reference.Transport, reference.Location, reference.Tag));
    }

    [Theory]
    [InlineData("")]
    [InlineData("oci:")]
    [InlineData("docker://")]
    [InlineData("../x")]
    [InlineData("a b")]
    public void AMalformedReference_IsNamed(string text)
    {
        ImageException error = Assert.Throws<ImageException>(() => ImageReference.Parse(text));
        Assert.Contains($"\"{text}\"", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }
}
