using Skerry.Core;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class SandboxGroupTests
{
    [Theory]
    [InlineData("io.kubernetes.cri.container-type", "sandbox", "io.kubernetes.cri.sandbox-id")]
    [InlineData("io.kubernetes.cri-o.ContainerType", "sandbox", "io.kubernetes.cri-o.SandboxID")]
    [InlineData("io.kubernetes.docker.type", "podsandbox", "io.kubernetes.sandbox.id")]
    public void APodsFirstContainer_IsItsSandbox_AndOthersJoinIt(string typeKey, string sandboxValue, string idKey)
    {
        SandboxGroup first = SandboxGroup.Of("pod1", new Dictionary<string, string> { [typeKey] = sandboxValue, [idKey] = "pod1" });
        SandboxGroup second = SandboxGroup.Of("c2", new Dictionary<string, string> { [typeKey] = "container", [idKey] = "pod1" });
        Assert.Equal((ContainerRole.Sandbox, "pod1"), (first.Role, first.Sandbox.Value));
        Assert.Equal((ContainerRole.Member, "pod1"), (second.Role, second.Sandbox.Value));
    }

    [Fact]
    public void WithoutAnnotations_AContainerIsItsOwnSandbox() =>
        Assert.Equal((ContainerRole.Single, "c1"), (SandboxGroup.Of("c1", new Dictionary<string, string>()).Role, "c1"));

    [Fact]
    public void AMemberThatNamesNoSandbox_IsRefused()
    {
        var annotations = new Dictionary<string, string> { ["io.kubernetes.cri.container-type"] = "container" };
        Assert.Contains("io.kubernetes.cri.sandbox-id", Assert.Throws<SkerryException>(() => SandboxGroup.Of("c", annotations)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Annotations_AreReadFromTheTopLevelOnly()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """{"process":{"annotations":{"no":"1"},"args":["a"]},"annotations":{"yes":"2","odd":3},"linux":{"x":[{"annotations":{}}]}}""");
            KeyValuePair<string, string> only = Assert.Single(SandboxGroup.ReadAnnotations(path));
            Assert.Equal(("yes", "2"), (only.Key, only.Value));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void AFileThatIsNotJson_IsRefused()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "{\"annotations\": {");
            Assert.Throws<SkerryException>(() => SandboxGroup.ReadAnnotations(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
