using System.Net.Sockets;
using Skerry.Linux;
using Skerry.SystemTests.Cri;
using Skerry.SystemTests.Hosts;
using Capability = Skerry.SystemTests.Cri.Capability;

namespace Skerry.SystemTests;

/// <summary>What Kubernetes promises to the containers of a pod: what they share, who they are, what they may do, their volumes.</summary>
public sealed class CriSemanticsTests(CriFixture fixture) : IClassFixture<CriFixture>
{
    private const string Forever = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

    [Fact]
    public async Task AnOrdinaryPod_SharesIpcUtsAndNetwork_AndKeepsItsVolumesApart()
    {
        CriHost host = await fixture.HostAsync();
        string volumes = Path.Combine(host.VolumeDirectory, "ordinary");

        // As the kubelet does: volumes are mounted before the pod is run.
        string memory = Directory.CreateDirectory(Path.Combine(volumes, "kubernetes.io~empty-dir", "memory")).FullName;
        string pages = Directory.CreateDirectory(Path.Combine(volumes, "kubernetes.io~empty-dir", "pages")).FullName;
        (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", "size=8m,mode=2777,gid=2000", "tmpfs", memory])).Ok();
        (await Tool.RunAsync("mount", ["-t", "hugetlbfs", "-o", "size=4M,pagesize=2M", "hugetlbfs", pages])).Ok();
        try
        {
            await using Pod pod = await host.RunPodAsync("ordinary");
            await CheckNamespacesAsync(pod);
            await CheckIdentityAsync(pod);
            await CheckVolumesAsync(pod, volumes, memory, pages);
            await CheckLateMountsAsync(pod, volumes);
            await CheckRefusedVolumesAsync(pod, Path.Combine(host.VolumeDirectory, "refused"));
        }
        finally
        {
            (await Tool.RunAsync("umount", ["-l", memory, pages])).Ok();
        }
    }

    [Fact]
    public async Task BlockVolumes_ComeAndGoWithTheirContainers_WhileThePodRuns()
    {
        CriHost host = await fixture.HostAsync();
        await using LoopDevice shared = await LoopDevice.CreateAsync("from the host");
        await using LoopDevice forReading = await LoopDevice.CreateAsync("not to be changed");
        await using Pod pod = await host.RunPodAsync("disks", config => config.Annotations.Add("io.katacontainers.config.hypervisor.machine_type", "q35"));
        PodContainer writer = await pod.StartAsync("writer", ["sh", "-c", Forever], config => config.Devices.Add(Disk(shared, "mrw")));
        PodContainer other = await pod.StartAsync("other", ["sh", "-c", Forever], config => config.Devices.Add(Disk(shared, "mrw")));
        Assert.Equal("from the host", await writer.ShellAsync("head -c 13 /dev/xvda"));
        await writer.ShellAsync("printf 'from one' | dd of=/dev/xvda conv=notrunc,fsync 2>/dev/null");
        Assert.Equal("from one", await other.ShellAsync("head -c 8 /dev/xvda"));
        Assert.Equal("from one", await shared.ReadAsync(0, 8));

        PodContainer reader = await pod.StartAsync("reader", ["sh", "-c", Forever], config => config.Devices.Add(Disk(forReading, "mr")));
        Assert.Equal("not to be changed", await reader.ShellAsync("head -c 17 /dev/xvda"));
        Assert.NotEqual(0, (await reader.ExecAsync("sh", "-c", "printf x >/dev/xvda")).ExitCode);
        await EndAsync(reader);

        // A start that fails takes its disk away too.
        PodContainer failing = await pod.CreateAsync("failing", ["no-such-program"], config => config.Devices.Add(Disk(forReading, "mrw")));
        await Assert.ThrowsAsync<CriException>(failing.StartAsync);
        await failing.RemoveAsync();
        await forReading.UnbindAsync();

        // The last of two takes the shared one along, and the pod lives on.
        await EndAsync(writer);
        Assert.Equal("from one", await other.ShellAsync("head -c 8 /dev/xvda"));
        await EndAsync(other);
        await shared.UnbindAsync();
        Assert.Equal("still here\n", await pod.RunAsync("last", ["sh", "-c", "ls /sys/block | grep vd; echo still here"]));
    }

    private static async Task EndAsync(PodContainer container)
    {
        await container.StopAsync();
        await container.RemoveAsync();
    }

    [Fact]
    public async Task APodThatSharesItsProcesses_SeesThemAll_AndPrivilegedIsPrivilegedInTheGuest()
    {
        CriHost host = await fixture.HostAsync();
        await using Pod pod = await host.RunPodAsync("sharing", config =>
        {
            config.Linux.SecurityContext.NamespaceOptions.Pid = NamespaceMode.Pod;
            config.Linux.SecurityContext.Privileged = true;
            config.Linux.Sysctls.Add("kernel.shm_rmid_forced", "1");
            config.Linux.Sysctls.Add("net.ipv4.ip_unprivileged_port_start", "80");
        });
        PodContainer first = await pod.StartAsync("first", ["sh", "-c", "exec sleep 1111"], SharesPids);
        PodContainer second = await pod.StartAsync("second", ["sh", "-c", "exec sleep 2222"], SharesPids);
        Assert.Contains("sleep 1111", await second.ShellAsync("ps"));
        Assert.Equal("sleep 1000000000", (await second.ShellAsync("tr '\\0' ' ' </proc/1/cmdline")).Trim());
        Assert.Equal("1\n80", await first.ShellAsync("cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_unprivileged_port_start"));

        // The end of one leaves the others alone: process 1 is the pod's.
        await first.StopAsync();
        await first.ExitedAsync();
        PodContainer again = await pod.StartAsync("first", ["sh", "-c", "exec sleep 3333"], config =>
        {
            SharesPids(config);
            config.Metadata.Attempt = 1;
        });
        Assert.Contains("sleep 2222", await again.ShellAsync("ps"));
        await CheckPrivilegedAsync(pod);
    }

    private static void SharesPids(ContainerConfig config) => config.Linux.SecurityContext.NamespaceOptions.Pid = NamespaceMode.Pod;

    private static async Task CheckNamespacesAsync(Pod pod)
    {
        string hosts = Path.Combine(pod.Config.LogDirectory, "hosts");
        await File.WriteAllTextAsync(hosts, "10.88.0.77 neighbour\n");
        PodContainer one = await pod.StartAsync("one", ["sh", "-c", Forever], config => config.Mounts.Add(new Mount { ContainerPath = "/etc/hosts", HostPath = hosts }));
        PodContainer two = await pod.StartAsync("two", ["sh", "-c", Forever]);
        const string Spaces = "for n in ipc uts net pid mnt; do readlink /proc/self/ns/$n; done";
        string[] ofOne = (await one.ShellAsync(Spaces)).Split('\n');
        string[] ofTwo = (await two.ShellAsync(Spaces)).Split('\n');
        Assert.Equal(ofOne[..3], ofTwo[..3]);
        Assert.NotEqual(ofOne[3], ofTwo[3]);
        Assert.NotEqual(ofOne[4], ofTwo[4]);
        Assert.Equal("ordinary", await two.ShellAsync("hostname"));
        Assert.Equal("ordinary", await two.ShellAsync("cat /etc/hostname"));
        Assert.Equal("10.88.0.77 neighbour", await one.ShellAsync("cat /etc/hosts"));
        Assert.Contains("nameserver 10.96.0.10", await two.ShellAsync("cat /etc/resolv.conf"));
        await one.ShellAsync("echo shared >/dev/shm/file");
        Assert.Equal("shared", await two.ShellAsync("cat /dev/shm/file"));
    }

    private static async Task CheckIdentityAsync(Pod pod)
    {
        string profile = Path.Combine(pod.Config.LogDirectory, "profile.json");
        await File.WriteAllTextAsync(profile, """
            { "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
              "syscalls": [{ "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1 }] }
            """);
        PodContainer limited = await pod.StartAsync("limited", ["sh", "-c", Forever], config =>
        {
            ContainerSecurity security = config.Linux.SecurityContext;
            security.RunAsUser = new Int64Value { Value = 1000 };
            security.RunAsGroup = new Int64Value { Value = 3000 };
            security.SupplementalGroups.Add([2000, 4000]);
            security.Capabilities = new Capability { DropCapabilities = { "ALL" }, AddCapabilities = { "NET_BIND_SERVICE" } };
            security.ReadonlyRootfs = true;
            security.NoNewPrivs = true;
            security.Seccomp = new SecurityProfile { ProfileType = ProfileKind.Localhost, LocalhostRef = profile };
            config.WorkingDir = "/home";
            config.Envs.Add(new KeyValue { Key = "GREETING", Value = "hello world" });
        });
        Assert.Equal("1000 3000 2000 4000", await limited.ShellAsync("echo $(id -u) $(id -G)"));
        Assert.Equal("/home hello world", await limited.ShellAsync("echo $(pwd) $GREETING"));
        Assert.Equal(
            "CapBnd: 0000000000000400\nNoNewPrivs: 1\nSeccomp: 2",
            await limited.ShellAsync("grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '"));
        Assert.NotEqual(0, (await limited.ExecAsync("mkdir", "/dev/shm/x")).ExitCode);
        Assert.NotEqual(0, (await limited.ExecAsync("sh", "-c", ">/home/file")).ExitCode);

        PodContainer usual = await pod.StartAsync("usual", ["sh", "-c", Forever], config =>
        {
            config.Linux.SecurityContext.Seccomp = new SecurityProfile { ProfileType = ProfileKind.RuntimeDefault };
            config.Linux.SecurityContext.RunAsUsername = "user";
            config.Linux.SecurityContext.MaskedPaths.Add("/proc/keys");
            config.Linux.SecurityContext.ReadonlyPaths.Add("/proc/sys");
        });
        Assert.Equal("1000 1000 2000", await usual.ShellAsync("echo $(id -u) $(id -G)"));
        Assert.Equal("Seccomp: 2", await usual.ShellAsync("grep ^Seccomp: /proc/self/status | tr '\\t' ' '"));
        Assert.Equal(string.Empty, await usual.ShellAsync("cat /proc/keys"));
        Assert.NotEqual(0, (await usual.ExecAsync("unshare", "-U", "true")).ExitCode);
    }

    private static async Task CheckVolumesAsync(Pod pod, string directory, string memory, string pages)
    {
        // A ConfigMap as the kubelet writes it: the visible names lead through ..data, which is replaced as a whole.
        string map = Directory.CreateDirectory(Path.Combine(directory, "kubernetes.io~configmap", "map")).FullName;
        await WriteGenerationAsync(map, "..1", "first");
        File.CreateSymbolicLink(Path.Combine(map, "key"), "..data/key");
        string disk = Directory.CreateDirectory(Path.Combine(directory, "kubernetes.io~empty-dir", "disk")).FullName;
        string file = Path.Combine(directory, "file");
        string message = Path.Combine(directory, "message");
        await File.WriteAllTextAsync(file, "one file");
        await File.WriteAllTextAsync(message, string.Empty);
        void Mount(ContainerConfig config)
        {
            config.Mounts.Add([
                new Mount { ContainerPath = "/config", HostPath = map, Readonly = true },
                new Mount { ContainerPath = "/memory", HostPath = memory },
                new Mount { ContainerPath = "/pages", HostPath = pages },
                new Mount { ContainerPath = "/disk", HostPath = disk },
                new Mount { ContainerPath = "/file", HostPath = file, Readonly = true },
                new Mount { ContainerPath = "/dev/termination-log", HostPath = message },
            ]);
        }

        PodContainer writer = await pod.StartAsync("writer", ["sh", "-c", Forever], Mount);
        PodContainer reader = await pod.StartAsync("reader", ["sh", "-c", Forever], Mount);
        Assert.Equal("first", await reader.ShellAsync("cat /config/key"));

        // A file system of the guest's own brings events; the shared one would not.
        Assert.NotEqual("virtiofs", await reader.ShellAsync("grep ' /config ' /proc/mounts | cut -d' ' -f3"));
        await WriteGenerationAsync(map, "..2", "second");
        await Eventually.TrueAsync(async () => await reader.ShellAsync("cat /config/key") == "second", "the new generation is seen", TimeSpan.FromSeconds(60));
        Assert.NotEqual(0, (await reader.ExecAsync("sh", "-c", ">/config/new")).ExitCode);
        await CheckEventsAsync(pod, directory, map, Mount);

        await writer.ShellAsync("echo quick >/memory/file; echo slow >/disk/file; echo last words >/dev/termination-log");
        Assert.Equal("quick\nslow\none file", await reader.ShellAsync("cat /memory/file /disk/file /file"));
        Assert.Equal("tmpfs 8192 2777:2000", await reader.ShellAsync("echo $(grep ' /memory ' /proc/mounts | cut -d' ' -f3) $(df -k /memory | tail -n 1 | awk '{print $2}') $(stat -c %a:%g /memory)"));
        Assert.Equal("hugetlbfs 2", await reader.ShellAsync("echo $(grep ' /pages ' /proc/mounts | cut -d' ' -f3) $(awk '/HugePages_Total/{print $2}' /proc/meminfo)"));
        Assert.Equal("last words\n", await File.ReadAllTextAsync(message));
        Assert.Equal("slow\n", await File.ReadAllTextAsync(Path.Combine(disk, "file")));

        // Both end, and a later container still finds what they left.
        await writer.StopAsync();
        await reader.StopAsync();
        await writer.RemoveAsync();
        await reader.RemoveAsync();
        Assert.Equal("quick\nslow\n", await pod.RunAsync("later", ["cat", "/memory/file", "/disk/file"], Mount));
    }

    /// <summary>A program that waits for the kernel to tell of changes hears of the switch, and finds the new content then.</summary>
    private static async Task CheckEventsAsync(Pod pod, string directory, string map, Action<ContainerConfig> mount)
    {
        string tools = Directory.CreateDirectory(Path.Combine(directory, "tools")).FullName;
        string source = Path.Combine(AppContext.BaseDirectory, "Programs", "watch.c");
        (await Tool.RunAsync("gcc", ["-static", "-O1", "-o", Path.Combine(tools, "watch"), source])).Ok();
        PodContainer watcher = await pod.StartAsync("watcher", ["/tools/watch", "/config", "..data", "/config/key"], config =>
        {
            mount(config);
            config.Mounts.Add(new Mount { ContainerPath = "/tools", HostPath = tools, Readonly = true });
        });
        await watcher.LoggedAsync("watching");
        await WriteGenerationAsync(map, "..3", "third");
        ContainerStatus ended = await watcher.ExitedAsync();
        Assert.Equal((0, "watching\n..data: third\n"), (ended.ExitCode, watcher.Log()));
        await watcher.RemoveAsync();
    }

    /// <summary>The pod is older than these mounts, and this machine's root is not shared: nothing reaches a namespace by itself.</summary>
    private static async Task CheckLateMountsAsync(Pod pod, string directory)
    {
        const int HostToContainer = 1;
        string late = Directory.CreateDirectory(Path.Combine(directory, "late")).FullName;
        Mounts.Mount("tmpfs", late, "tmpfs");
        Mounts.SetPropagation(late, MountFlags.MS_SHARED);
        string later = Directory.CreateDirectory(Path.Combine(late, "later")).FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(late, "file"), "before the container");
            PodContainer container = await pod.StartAsync("late", ["sh", "-c", Forever], config =>
                config.Mounts.Add(new Mount { ContainerPath = "/late", HostPath = late, Propagation = HostToContainer }));
            Assert.Equal("before the container", await container.ShellAsync("cat /late/file"));
            Mounts.Mount("tmpfs", later, "tmpfs");
            await File.WriteAllTextAsync(Path.Combine(later, "file"), "after its start");
            Assert.Equal("after its start", await container.ShellAsync("cat /late/later/file"));
            await container.StopAsync();
            await container.RemoveAsync();
            Assert.Equal("after its start", await File.ReadAllTextAsync(Path.Combine(later, "file")));
        }
        finally
        {
            Mounts.TryUnmount(later, UnmountFlags.MNT_DETACH, out _);
            Mounts.Unmount(late, UnmountFlags.MNT_DETACH);
        }
    }

    private static async Task CheckRefusedVolumesAsync(Pod pod, string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, "socket");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        PodContainer container = await pod.CreateAsync("socket", ["true"], config => config.Mounts.Add(new Mount { ContainerPath = "/socket", HostPath = path }));
        CriException error = await Assert.ThrowsAsync<CriException>(container.StartAsync);
        Assert.Contains("is a socket, whose other end is on the host", error.Message);
        Assert.Contains(path, error.Message);
        await container.RemoveAsync();
        await CheckDiskOnMicrovmAsync(pod);
    }

    private static async Task CheckDiskOnMicrovmAsync(Pod pod)
    {
        await using LoopDevice disk = await LoopDevice.CreateAsync("unused");
        PodContainer container = await pod.CreateAsync("disk", ["true"], config => config.Devices.Add(Disk(disk, "mrw")));
        CriException error = await Assert.ThrowsAsync<CriException>(container.StartAsync);
        Assert.Contains("as \"/dev/xvda\", but the sandbox's machine is a microvm, which takes no device after its start", error.Message);
        Assert.Contains("io.katacontainers.config.hypervisor.machine_type: q35", error.Message);
        await container.RemoveAsync();
    }

    private static Device Disk(LoopDevice disk, string permissions) => new() { ContainerPath = "/dev/xvda", HostPath = disk.Path, Permissions = permissions };

    private static async Task CheckPrivilegedAsync(Pod pod)
    {
        PodContainer privileged = await pod.StartAsync("privileged", ["sh", "-c", Forever], config =>
        {
            SharesPids(config);
            config.Linux.SecurityContext.Privileged = true;
        });
        // As much as the manager itself has, which on some hosts is not everything.
        string mostOfHost = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapBnd:", StringComparison.Ordinal));
        Assert.Equal(mostOfHost.Replace("CapBnd", "CapEff", StringComparison.Ordinal), await privileged.ShellAsync("grep ^CapEff: /proc/self/status"));
        await privileged.ShellAsync("mount -t tmpfs none /mnt 2>/dev/null || { mkdir -p /mnt && mount -t tmpfs none /mnt; }; echo 3 >/proc/sys/vm/drop_caches");

        // The disks of the host are not the guest's.
        Assert.Equal(string.Empty, await privileged.ShellAsync("find /dev -type b"));
    }

    private static async Task WriteGenerationAsync(string map, string name, string content)
    {
        string generation = Directory.CreateDirectory(Path.Combine(map, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(generation, "key"), content);
        string link = Path.Combine(map, "..data_tmp");
        File.CreateSymbolicLink(link, name);
        (await Tool.RunAsync("mv", ["-T", link, Path.Combine(map, "..data")])).Ok();
    }
}
