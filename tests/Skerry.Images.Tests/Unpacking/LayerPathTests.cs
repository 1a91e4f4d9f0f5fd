using System.Text;
using Skerry.Images.Unpacking;

namespace Skerry.Images.Tests.Unpacking;

public sealed class LayerPathTests
{
    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("./a//b/./c/", "a/b/c")]
    [InlineData("./", "")]
    [InlineData("/", "")]
    [InlineData("..a/b..", "..a/b..")]
    public void AName_IsCleaned(string name, string cleaned) => Assert.Equal(cleaned, Of(name).ToString());

    [Theory]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a/..")]
    [InlineData("/etc/passwd")]
    [InlineData("//etc")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void ANameThatLeavesTheLayer_IsRefusedByName(string name)
    {
        ImageException error = Assert.Throws<ImageException>(() => Of(name));
        Assert.StartsWith($"entry \"{name}\" has", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooLongANameOrPath_IsRefused()
    {
        Assert.Contains("256 bytes", Assert.Throws<ImageException>(() => Of(new string('x', 256))).Message, StringComparison.Ordinal);
        string path = string.Join('/', Enumerable.Repeat("abcdefg", 600));
        Assert.Contains("4799 bytes", Assert.Throws<ImageException>(() => Of(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheParts_AreParentAndName()
    {
        LayerPath path = Of("a/b/c");
        Assert.Equal("a/b", Encoding.UTF8.GetString(path.Parent));
        Assert.Equal("c", Encoding.UTF8.GetString(path.Name));
        Assert.Equal("a/b/d", path.WithName("d"u8).ToString());
    }

    private static LayerPath Of(string name) => LayerPath.OfEntry(Encoding.UTF8.GetBytes(name));
}
