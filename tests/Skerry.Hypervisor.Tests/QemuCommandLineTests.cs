using Skerry.Core;
using Skerry.Hypervisor.Qemu;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Hypervisor.Tests;

public sealed class QemuCommandLineTests
{
    private static readonly MachineConfig s_base = new()
    {
        Id = SandboxId.Parse("web-1"),
        VmmPath = "/usr/bin/qemu-system-x86_64",
        Kernel = "/opt/skerry/share/skerry/vmlinux",
        Initrd = "/opt/skerry/share/skerry/initrd.img",
        StateDirectory = "/run/skerry/web-1",
        KernelParameters = "agent.log=debug",
        SharedDirectories = [new SharedDirectory { Tag = "kataShared", SocketPath = "/run/skerry/web-1/virtiofsd.sock" }],
    };

    private static readonly VerityParameters s_verity = new(new string('a', 64), "0102", 1681, 4096, 4096);

    private static readonly MachineConfig s_mapped = s_base with
    {
        MachineType = "q35",
        Initrd = null,
        Image = "/srv/root.img",
        RootDiskDriver = RootDiskDriver.Nvdimm,
        SharedDirectories = [],
    };

    private static readonly Dictionary<string, (MachineConfig Config, Accelerator Accelerator)> s_machines = new()
    {
        ["microvm-tcg"] = (s_base, Accelerator.Tcg),
        ["q35-tcg"] = (s_base with { MachineType = "q35", Vcpus = 2, MaxVcpus = 4, MemoryMiB = 2048 }, Accelerator.Tcg),
        ["q35-growing"] = (s_base with { MachineType = "q35", MaxVcpus = 4, MaxMemoryMiB = 2048, MemorySlots = 10, ReclaimFreedMemory = true }, Accelerator.Tcg),
        ["q35-virtio-mem"] = (s_base with { MachineType = "q35", MaxMemoryMiB = 2000, MemorySlots = 10, VirtioMem = true, HugePages = true }, Accelerator.Kvm),
        ["microvm-balloon"] = (s_base with { MaxVcpus = 4, MaxMemoryMiB = 2048, MemorySlots = 10, VirtioMem = true, ReclaimFreedMemory = true }, Accelerator.Tcg),
        ["microvm-kvm"] = (s_base with { CpuFeatures = "pmu=off", MachineOptions = "usb=off", SeccompSandbox = "", MaxVcpus = 4 }, Accelerator.Kvm),
        ["q35-image"] = (s_base with { MachineType = "q35", Initrd = null, Image = "/srv/a,b.img", RootFsType = "erofs", SharedDirectories = [], VerboseConsole = true }, Accelerator.Tcg),
        ["microvm-verity"] = (s_base with { Initrd = null, Image = "/srv/root.img", ImageVerity = s_verity, SharedDirectories = [] }, Accelerator.Tcg),
        ["q35-nvdimm"] = (s_mapped, Accelerator.Tcg),
        ["q35-assigned"] = (s_base with { MachineType = "q35", HotPlugSlots = 2, AssignedDevices = [Assigned("net0", "0000:3b:02.1"), Assigned("net2", "10000:e1:00.0")] }, Accelerator.Kvm),
        ["q35-pmem-verity"] = (s_mapped with { RootDiskDriver = RootDiskDriver.VirtioPmem, ImageVerity = s_verity }, Accelerator.Tcg),
    };

    [Theory]
    [InlineData(0, 65536u, 0)]
    [InlineData(1, 256u, 31)]
    [InlineData(1, 65536u, 286)]
    public void AMachineWhoseMemoryIsLocked_MayTakeLonger(int devices, uint memoryMiB, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        QemuAssignedDevices.MoreTime(s_base with { MemoryMiB = memoryMiB, AssignedDevices = [.. Enumerable.Repeat(Assigned("net0", "0000:3b:02.1"), devices)] }));

    [Fact]
    public void AssignedDevices_HaveRootPortsWithNumbersOfTheirOwn_BesideAllSlots()
    {
        AssignedDevice[] devices = [.. Enumerable.Range(0, QemuAssignedDevices.Most).Select(i => Assigned($"net{i}", $"0000:3b:{i:x2}.0"))];
        IReadOnlyList<string> arguments = QemuCommandLine.Build(s_base with { MachineType = "q35", HotPlugSlots = MachineConfig.MostHotPlugSlots, AssignedDevices = devices }, Accelerator.Kvm, 1);
        string[] ports = [.. arguments.Where(each => each.StartsWith("pcie-root-port", StringComparison.Ordinal))];
        Assert.Equal(QemuAssignedDevices.Most + MachineConfig.MostHotPlugSlots, ports.Length);
        foreach (string option in (string[])["id", "addr", "chassis", "slot"])
        {
            Assert.Equal(ports.Length, ports.Select(port => port.Split(',').Single(part => part.StartsWith(option + "=", StringComparison.Ordinal))).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("microvm", 1, 0, "tap,id=net0,fd=6,vhost=off", "virtio-net-device,id=net0-card,netdev=net0,mac=02:00:00:00:00:01")]
    [InlineData("microvm", 2, 0, "tap,id=net0,fds=6:7,vhost=off", "virtio-net-device,id=net0-card,netdev=net0,mac=02:00:00:00:00:01,mq=on")]
    [InlineData("q35", 1, 1, "tap,id=net0,fd=6,vhost=on,vhostfd=7", "virtio-net-pci,id=net0-card,netdev=net0,mac=02:00:00:00:00:01,romfile=")]
    [InlineData("q35", 2, 2, "tap,id=net0,fds=6:7,vhost=on,vhostfds=8:9", "virtio-net-pci,id=net0-card,netdev=net0,mac=02:00:00:00:00:01,romfile=,mq=on,vectors=6")]
    public void ATap_IsInheritedByNumber(string machine, int queues, int vhost, string backend, string card)
    {
        NetworkDevice first = Card("net0", 1) with { Queues = [.. Numbers(queues)], VhostQueues = [.. Numbers(vhost)] };
        NetworkDevice second = Card("net1", 2) with { Queues = [.. Numbers(1)] };
        MachineConfig config = s_base with { MachineType = machine, NetworkDevices = [first, second] };
        IReadOnlyList<string> arguments = QemuCommandLine.Build(config, Accelerator.Tcg, 1);
        Assert.Contains(backend, arguments);
        Assert.Contains(card, arguments);
        Assert.Contains($"tap,id=net1,fd={6 + queues + vhost},vhost=off", arguments);
        Assert.Equal(Enumerable.Range(6, queues + vhost + 1), QemuNetwork.Descriptors(config.NetworkDevices).Select(pair => pair.Target));
    }

    [Fact]
    public void AUserNetwork_PublishesItsPorts()
    {
        MachineConfig config = s_base with { NetworkDevices = [Card("net0", 1) with { User = new UserNetwork([PublishedPort.Parse("8080:80"), PublishedPort.Parse("127.0.0.1:53:5353/udp")]) }] };
        Assert.Contains(
            "user,id=net0,ipv6=off,net=10.0.2.0/24,host=10.0.2.2,dns=10.0.2.3,dhcpstart=10.0.2.15,hostfwd=tcp::8080-10.0.2.15:80,hostfwd=udp:127.0.0.1:53-10.0.2.15:5353",
            QemuCommandLine.Build(config, Accelerator.Tcg, 1));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("80:")]
    [InlineData(":80")]
    [InlineData("0:80")]
    [InlineData("80:65536")]
    [InlineData("80:80/sctp")]
    [InlineData("80:80/tcp/udp")]
    [InlineData("::1:80:80")]
    [InlineData("localhost:80:80")]
    [InlineData("80:80,hostfwd=tcp::1-:1")]
    [InlineData("-1:80")]
    public void WhatPublishesNoPort_IsRefusedWithTheForm(string text)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => PublishedPort.Parse(text));
        Assert.Contains("HOST:GUEST", error.Hint, StringComparison.Ordinal);
    }

    public static TheoryData<string> Machines => new(s_machines.Keys);

    [Theory]
    [MemberData(nameof(Machines))]
    public void Arguments_AreThoseOfTheGoldenFile(string name)
    {
        (MachineConfig config, Accelerator accelerator) = s_machines[name];
        string actual = string.Join('\n', QemuCommandLine.Build(config, accelerator, 2_700_000, 10 << 20)) + "\n";
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("SKERRY_UPDATE_GOLDEN") is { Length: > 0 } directory)
        {
            File.WriteAllText(Path.Combine(directory, name + ".txt"), actual);
        }

        Assert.Equal(File.Exists(golden) ? File.ReadAllText(golden) : "(no golden file: run with SKERRY_UPDATE_GOLDEN=<the Golden folder>)", actual);
    }

    [Theory]
    [InlineData(false, false, "share=on")]
    [InlineData(true, false, "share=on,prealloc=on")]
    [InlineData(false, true, "share=on,hugetlb=on")]
    public void GuestMemory_IsTakenAsAskedFor(bool preallocate, bool hugePages, string options)
    {
        MachineConfig config = s_base with { PreallocateMemory = preallocate, HugePages = hugePages };
        Assert.Contains($"memory-backend-memfd,id=mem,size=256M,{options}", QemuCommandLine.Build(config, Accelerator.Tcg, 1));
    }

    [Fact]
    public void UnknownMachineType_NamesThoseThatWork()
    {
        var error = Assert.Throws<HypervisorException>(() => QemuCommandLine.Build(s_base with { MachineType = "virt" }, Accelerator.Tcg, 1));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("microvm", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyKernelParameters_AreRefused()
    {
        MachineConfig config = s_base with { KernelParameters = new string('x', 2000) };
        Assert.Contains("2047", Assert.Throws<HypervisorException>(() => QemuCommandLine.Build(config, Accelerator.Tcg, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UsersParameters_ComeLast()
    {
        IReadOnlyList<string> arguments = QemuCommandLine.Build(s_base with { KernelParameters = "panic=5" }, Accelerator.Tcg, 1);
        string parameters = arguments[arguments.ToList().IndexOf("-append") + 1];
        Assert.EndsWith(" panic=5", parameters, StringComparison.Ordinal);
    }

    private static AssignedDevice Assigned(string id, string address) => new(id, PciAddress.TryParse(address, out PciAddress at) ? at : default);

    private static NetworkDevice Card(string id, byte last) => new() { Id = id, Mac = new MacAddress([2, 0, 0, 0, 0, last]) };

    private static IEnumerable<FileDescriptor> Numbers(int count) => Enumerable.Range(0, count).Select(number => new FileDescriptor(number, ownsHandle: false));
}
