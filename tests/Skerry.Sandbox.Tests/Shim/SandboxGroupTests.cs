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
    public void WithoutAnnotations_AContainerIsItsOwnSandbox()
    {
        SandboxGroup group = SandboxGroup.Of("c1", new Dictionary<string, string>());
        Assert.Equal((ContainerRole.Single, "c1"), (group.Role, group.Sandbox.Value));
    }

    /// <summary>What podman writes beside a lone container's spec: names of CRI-O's, but none that groups.</summary>
    [Fact]
    public void ALoneContainerOfPodman_IsItsOwnSandbox()
    {
        var annotations = new Dictionary<string, string>
        {
            ["io.container.manager"] = "libpod",
            ["io.kubernetes.cri-o.TTY"] = "false",
            ["io.kubernetes.cri-o.Created"] = "2026-01-01T00:00:00Z",
            ["org.opencontainers.image.stopSignal"] = "15",
        };
        SandboxGroup group = SandboxGroup.Of("c1", annotations);
        Assert.Equal((ContainerRole.Single, "c1"), (group.Role, group.Sandbox.Value));
    }

    [Theory]
    [InlineData("io.kubernetes.cri.container-type")]
    [InlineData("io.kubernetes.cri-o.ContainerType")]
    [InlineData("io.kubernetes.docker.type")]
    public void ATypeThatNobodyKnows_MakesALoneContainer(string typeKey)
    {
        SandboxGroup group = SandboxGroup.Of("c1", new Dictionary<string, string> { [typeKey] = "checkpoint" });
        Assert.Equal((ContainerRole.Single, "c1"), (group.Role, group.Sandbox.Value));
    }

    /// <summary>CRI-O calls a sandbox by the name of its infra container; the spec's other annotations of CRI-O change nothing.</summary>
    [Fact]
    public void ACriOMember_IsFoundByItsOwnConvention_WhateverElseIsThere()
    {
        var annotations = new Dictionary<string, string>
        {
            ["io.kubernetes.cri-o.ContainerType"] = "container",
            ["io.kubernetes.cri-o.SandboxID"] = "infra1",
            ["io.kubernetes.cri-o.SandboxName"] = "k8s_pod_ns",
            ["io.kubernetes.cri.sandbox-id"] = "elsewhere",
            ["io.kubernetes.pod.name"] = "pod",
        };
        SandboxGroup group = SandboxGroup.Of("c2", annotations);
        Assert.Equal((ContainerRole.Member, "infra1"), (group.Role, group.Sandbox.Value));
    }

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
