using System.Text;
using Skerry.Core;

namespace Skerry.Oci.Tests;

public sealed class SpecReadingTests
{
    private const string Small = """
        {"ociVersion":"1.0.2","process":{"args":["sh"],"cwd":"/"},"root":{"path":"rootfs"}}
        """;

    [Fact]
    public void UnknownProperties_AreIgnored()
    {
        OciSpec spec = Parse(Small.Replace("\"root\"", "\"windows\":{\"a\":[1,{}]},\"root\"", StringComparison.Ordinal));
        Assert.Equal("rootfs", spec.Root?.Path);
    }

    [Fact]
    public void NullLists_AreEmpty()
    {
        OciSpec spec = Parse("""{"ociVersion":"1.1.0","mounts":null,"annotations":null,"process":{"args":null,"env":null,"user":null}}""");
        Assert.Empty(spec.Mounts);
        Assert.Empty(spec.Annotations);
        Assert.Empty(spec.Process!.Args);
        Assert.Equal(0u, spec.Process.User.Uid);
    }

    [Theory]
    [InlineData("""{"process":{"args":["a",7]}}""", "process.args[1]", "line 1")]
    [InlineData("{\n\"linux\":{\"resources\":{\"memory\":{\"limit\":\"lots\"}}}}", "linux.resources.memory.limit", "line 2")]
    [InlineData("""{"process":{"user":{"uid":-1}}}""", "process.user.uid", "out of range")]
    [InlineData("""{"mounts":[{"destination":"/a"},null]}""", "mounts[1]", "null is not allowed here")]
    [InlineData("""{"annotations":{"a":null}}""", "annotations.a", "null is not allowed here")]
    [InlineData("""{"linux":{"sysctl":{"a":null}}}""", "linux.sysctl.a", "null is not allowed here")]
    [InlineData("[]", "expected an object", "config.json")]
    [InlineData("null", "expected an object", "config.json")]
    public void AWrongValue_IsNamedByItsPath(string json, string path, string detail)
    {
        OciException error = Assert.Throws<OciException>(() => Parse(json));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(detail, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"process\":{\"args\":[\"a\",]}}")]
    [InlineData("{} trailing")]
    public void BrokenJson_IsSaidToBeBroken(string json)
    {
        OciException error = Assert.Throws<OciException>(() => Parse(json));
        Assert.Contains("not valid JSON at line 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"hostname\":\"\\ud800\"}")]
    public void TextThatIsNotUnicode_IsRefused(string json) => Assert.Throws<OciException>(() => Parse(json));

    [Fact]
    public void BytesThatAreNotUtf8_AreRefused() =>
        Assert.Contains("not valid Unicode", Assert.Throws<OciException>(() => OciSpec.Parse("{\""u8.ToArray().Concat<byte>([0xff]).Concat("\":1}"u8.ToArray()).ToArray())).Message, StringComparison.Ordinal);

    [Fact]
    public void AByteOrderMark_IsSkipped() =>
        Assert.Equal("1.0.2", OciSpec.Parse([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Small)]).OciVersion);

    [Fact]
    public void EveryPropertyOfTheSpecification_SurvivesReadingAndWriting()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "full-config.json"));
        string written = Encoding.UTF8.GetString(Parse(text).ToJson());
        Assert.Equal(Canonical.Json(text), Canonical.Json(written));
    }

    [Fact]
    public void AWrittenProcess_ReadsBack()
    {
        OciProcess process = new() { Args = ["a", "<b>&\"ü"], Cwd = "/", Terminal = true, User = new OciUser { Uid = 7, AdditionalGids = [1, 2] } };
        byte[] json = OciJson.Write(process);
        OciProcess read = OciJson.ParseProcess(json);
        Assert.Equal(process.Args, read.Args);
        Assert.Equal(process.User.AdditionalGids, read.User.AdditionalGids);
        Assert.Contains("<b>&\\\"ü", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
    }

    [Fact]
    public void AStateWithoutAProcess_HasNoPid()
    {
        string json = Encoding.UTF8.GetString(OciJson.Write(new OciState { OciVersion = "1.1.0", Id = "a", Status = "stopped", Bundle = "/b" }));
        Assert.DoesNotContain("pid", json, StringComparison.Ordinal);
        Assert.Equal("stopped", OciJson.ParseState(Encoding.UTF8.GetBytes(json)).Status);
    }

    private static OciSpec Parse(string json) => OciSpec.Parse(Encoding.UTF8.GetBytes(json));
}
