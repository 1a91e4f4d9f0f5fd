using Google.Protobuf;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Events;
using Skerry.Protocols.Shim.Bootstrap;
using Skerry.Protocols.Shim.RuntimeOptions;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Types;
using CgroupsV1 = Skerry.Protocols.Metrics.CgroupsV1;
using CgroupsV2 = Skerry.Protocols.Metrics.CgroupsV2;
using Oci = Skerry.Protocols.Agent.Oci;

namespace Skerry.Protocols.Tests;

/// <summary>Messages against bytes written by hand from the public field numbers: tag = number * 8 + wire type.</summary>
public sealed class FieldNumberTests
{
    [Fact]
    public void CreateContainerRequest_HasKatasNumbers() => AssertBytes(
        new CreateContainerRequest
        {
            ContainerId = "c",
            ExecId = "e",
            Storages = { new Storage { Driver = "d", MountPoint = "/m", Shared = true } },
            OCI = new Oci.Spec { Process = new Oci.Process { Args = { "a" }, OOMScoreAdj = 5 }, Linux = new Oci.Linux { CgroupsPath = "/g" } },
            SandboxPidns = true,
            StdinPort = 1,
            StdoutPort = 2,
            StderrPort = 3,
        },
        "0A0163",
        "120165",
        "2A09" + "0A0164" + "32022F6D" + "4001",
        "320D" + "1205" + "220161" + "5805" + "4204" + "2A022F67",
        "3801",
        "4801",
        "5002",
        "5803");

    [Fact]
    public void SmallAgentMessages_KeepTheirOddNumbers()
    {
        AssertBytes(new ReseedRandomDevRequest { Data = ByteString.CopyFrom(9) }, "120109");
        AssertBytes(new FSGroup { GroupId = 7, GroupChangePolicy = FSGroupChangePolicy.OnRootMismatch }, "1007", "1801");
        AssertBytes(new Interface { Name = "eth0", Mtu = 1500, RawFlags = 1 }, "120465746830", "20DC0B", "4001");
        AssertBytes(new Oci.LinuxSyscall { Action = "A", Errnoret = 0 }, "120141", "1800");
        AssertBytes(new MemAgentMemcgConfig { Disabled = false }, "0800");
        AssertBytes(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving }, "0801");
    }

    [Fact]
    public void TaskMessages_HaveContainerdsNumbers()
    {
        AssertBytes(
            new CreateTaskRequest { Id = "i", Bundle = "b", Terminal = true, Stdout = "o", Options = AnyMessage.Pack("t", new Options()) },
            "0A0169",
            "120162",
            "2001",
            "32016F",
            "5203" + "0A0174");
        AssertBytes(new StateResponse { Pid = 1, Status = Status.Stopped, ExitStatus = 137, ExecId = "x" }, "1801", "2003", "488901", "5A0178");
        AssertBytes(new KillRequest { Id = "i", Signal = 9, All = true }, "0A0169", "1809", "2001");
        AssertBytes(new TaskExit { ContainerId = "c", Id = "i", Pid = 3, ExitStatus = 4 }, "0A0163", "120169", "1803", "2004");
        AssertBytes(new BootstrapResult { Version = 3, Address = "a", Protocol = "ttrpc" }, "0803", "120161", "1A057474727063");
        AssertBytes(new BootstrapParams { LogLevel = LogLevel.Debug }, "18FCFFFFFFFFFFFFFFFF01");
    }

    [Fact]
    public void Metrics_HaveTheNumbersOfContainerdCgroups()
    {
        AssertBytes(
            new CgroupsV1.Metrics
            {
                Pids = new CgroupsV1.PidsStat { Current = 2 },
                Cpu = new CgroupsV1.CPUStat { Usage = new CgroupsV1.CPUUsage { Total = 1, PerCpu = { 1, 2 } } },
                Memory = new CgroupsV1.MemoryStat { Usage = new CgroupsV1.MemoryEntry { Limit = 1, Usage = 2 } },
            },
            "12020802",
            "1A08" + "0A06" + "0801" + "22020102",
            "2207" + "8A0204" + "0801" + "1002");
        AssertBytes(
            new CgroupsV2.Metrics { Cpu = new CgroupsV2.CPUStat { UsageUsec = 1 }, Memory = new CgroupsV2.MemoryStat { Usage = 1, UsageLimit = 2 } },
            "12020801",
            "2206" + "800201" + "880202");
    }

    [Fact]
    public void Services_KeepTheirNamesOnTheWire()
    {
        Assert.Equal(ServiceNames.Agent, Assert.Single(AgentReflection.Descriptor.Services).FullName);
        Assert.Equal(42, AgentReflection.Descriptor.Services[0].Methods.Count);
        Assert.Equal(ServiceNames.Health, Assert.Single(HealthReflection.Descriptor.Services).FullName);
        Assert.Equal(ServiceNames.TaskV2, Assert.Single(Shim.Tasks.TaskReflection.Descriptor.Services).FullName);
        Assert.Equal(17, Shim.Tasks.TaskReflection.Descriptor.Services[0].Methods.Count);
        Assert.Equal(ServiceNames.Sandbox, Assert.Single(Shim.Sandboxes.SandboxReflection.Descriptor.Services).FullName);
        Assert.Equal(ServiceNames.Events, Assert.Single(TtrpcReflection.Descriptor.Services).FullName);
    }

    [Theory]
    [InlineData("containerd.events.TaskExit", true)]
    [InlineData("type.googleapis.com/containerd.events.TaskExit", true)]
    [InlineData("containerd.events.TaskExitX", false)]
    [InlineData("", false)]
    public void AnAny_IsKnownByItsNameWithAndWithoutPrefix(string typeUrl, bool expected) =>
        Assert.Equal(expected, AnyMessage.Is(new Google.Protobuf.WellKnownTypes.Any { TypeUrl = typeUrl }, "containerd.events.TaskExit"));

    private static void AssertBytes(IMessage message, params string[] fields) =>
        Assert.Equal(string.Concat(fields), Convert.ToHexString(message.ToByteArray()));
}
