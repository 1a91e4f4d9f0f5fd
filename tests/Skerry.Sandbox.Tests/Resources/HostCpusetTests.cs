using Skerry.Core;
using Skerry.Oci;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Resources;

/// <summary>Which processors of the host a sandbox is bound to, by what its containers name.</summary>
public sealed class HostCpusetTests : IDisposable
{
    private readonly string _system = Directory.CreateTempSubdirectory("skerry-cpuset-").FullName;
    private readonly FakeCgroup _cgroup = new(separatesVcpus: false);
    private readonly RecordedLog _log = new();
    private readonly HostCpuset _cpuset;

    public HostCpusetTests()
    {
        Online("cpu", "0-7");
        Online("node", "0-1");
        _cpuset = new HostCpuset(SandboxId.Parse("pod"), _cgroup, _log, _system);
    }

    public void Dispose() => Directory.Delete(_system, recursive: true);

    [Fact]
    public void WhatAllNameTogether_BindsTheSandbox_OnceForEachChange()
    {
        Apply(Named("a", "4-5", "1"));
        Apply(Named("a", "4-5", "1"));
        Apply(Named("a", "4-5", "1"), Named("b", "0,2,5-6", "0"));
        Apply(Named("b", "0,2,5-6", "0"));
        Apply();
        Assert.Equal(["4-5/1", "0,2,4-6/0-1", "0,2,5-6/0", "/"], _cgroup.Confined);
    }

    [Fact]
    public void OneThatNamesNone_MayUseAll_ProcessorsAndNodesEachForThemselves()
    {
        Apply(Named("a", "1", "0"));
        Apply(Named("a", "1", "0"), Named("b", "2", string.Empty));
        Apply(Named("a", "1", "0"), new ContainerDemand(ContainerId.Parse("b"), null));
        Assert.Equal(["1/0", "1-2/", "/"], _cgroup.Confined);
    }

    [Fact]
    public void ThePauseContainer_CountsOnlyAlone()
    {
        Apply(new ContainerDemand(ContainerId.Parse("pod"), null), Named("a", "3", string.Empty));
        Apply(Named("pod", "0-3", string.Empty), Named("a", "3", string.Empty));
        Apply(Named("pod", "0-3", string.Empty));
        Assert.Equal(["3/", "0-3/"], _cgroup.Confined);
    }

    [Theory]
    [InlineData("8", "", "processors \"8\" of the host, which has \"0-7\"")]
    [InlineData("1,6-9", "", "processors \"1,6-9\" of the host, which has \"0-7\"")]
    [InlineData("some", "", "processors \"some\" of the host, which has \"0-7\"")]
    [InlineData("1", "2", "memory nodes \"2\" of the host, which has \"0-1\"")]
    public void WhatTheHostDoesNotHave_IsTheContainersFault_AlsoWhenOthersMayUseAll(string cpus, string mems, string words)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => Apply(new ContainerDemand(ContainerId.Parse("a"), null), Named("b", cpus, mems)));
        Assert.Equal((FailureKind.InvalidArgument, $"container \"b\" is to have {words}"), (error.Kind, error.Message));
        Assert.Contains("/online", error.Hint, StringComparison.Ordinal);
        Assert.Empty(_cgroup.Confined);
    }

    [Fact]
    public void WhatIsNotKept_IsTakenBack()
    {
        Apply(Named("a", "1", string.Empty));
        _cpuset.Apply([Named("a", "1", string.Empty), Named("b", "2", string.Empty)]).Dispose();
        Assert.Equal(["1/", "1-2/", "1/"], _cgroup.Confined);
    }

    [Fact]
    public void WhatTheHostRefuses_IsTakenBack()
    {
        Apply(Named("a", "1", string.Empty));
        _cgroup.Refuses = "2/";
        Assert.Throws<SkerryException>(() => Apply(Named("a", "2", string.Empty)));
        Assert.Equal(["1/", "1/"], _cgroup.Confined);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void AHostWithoutCgroups_BindsNothing() => new HostCpuset(SandboxId.Parse("pod"), null, _log, _system).Apply([Named("a", "4000", string.Empty)]).Keep();

    private static ContainerDemand Named(string id, string cpus, string mems) =>
        new(ContainerId.Parse(id), new OciResources { Cpu = new OciCpu { Cpus = cpus, Mems = mems } });

    private void Apply(params ContainerDemand[] containers)
    {
        using HostCpuset.Change change = _cpuset.Apply(containers);
        change.Keep();
    }

    private void Online(string kind, string list)
    {
        Directory.CreateDirectory($"{_system}/{kind}");
        File.WriteAllText($"{_system}/{kind}/online", list + "\n");
    }
}
