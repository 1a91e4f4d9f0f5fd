using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Types;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>A root file system on a block device, as the devmapper snapshotter gives it: asked of the shim as containerd asks, since that snapshotter needs more than loop devices.</summary>
public sealed class BlockRootTests
{
    private const string Id = "blockroot";

    [Theory]
    [InlineData("", "/dev/vd")]
    [InlineData("disable_block_device_use = true", "kataShared")]
    public async Task ARootOnADevice_IsMountedByTheGuest_UnlessConfiguredOtherwise(string key, string expected)
    {
        Checkout.RequireVm();
        string directory = Directory.CreateTempSubdirectory("sky-").FullName;
        await using LoopDevice disk = await LoopDevice.CreateAsync(image => MakeRootAsync(directory, image));
        string bundle = Directory.CreateDirectory(Path.Combine(directory, "bundle")).FullName;
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs"));
        string output = Path.Combine(directory, "output");
        await File.WriteAllTextAsync(output, string.Empty);
        await File.WriteAllTextAsync(Path.Combine(bundle, "config.json"), Spec);
        string config = Path.Combine(directory, "configuration.toml");
        await File.WriteAllTextAsync(config, $"[hypervisor.qemu]\n{key}\n");

        await using TtrpcClient shim = await StartShimAsync(directory, bundle);
        var create = new CreateTaskRequest { Id = Id, Bundle = bundle, Stdout = $"file://{output}", Options = ConfigAt(config) };
        create.Rootfs.Add(new Mount { Type = "ext4", Source = disk.Path, Options = { "rw", "noatime" } });
        await CallAsync(shim, "Create", create, CreateTaskResponse.Parser);
        await CallAsync(shim, "Start", new StartRequest { Id = Id }, StartResponse.Parser);
        WaitResponse ended = await CallAsync(shim, "Wait", new WaitRequest { Id = Id }, WaitResponse.Parser);
        await CallAsync(shim, "Delete", new DeleteRequest { Id = Id }, DeleteResponse.Parser);
        await ShutDownAsync(shim);

        Assert.Equal(0u, ended.ExitStatus);
        Assert.StartsWith(expected, await File.ReadAllTextAsync(output), StringComparison.Ordinal);

        // What the guest wrote is on the disk, whose file system was left in order.
        await disk.UnbindAsync();
        Assert.Equal("from the guest\n", (await Tool.RunAsync("debugfs", ["-R", "cat /written", disk.Image])).Ok().Output);
        (await Tool.RunAsync("e2fsck", ["-fn", disk.Image])).Ok();
        await new Leftovers(directory).AssertNoneAsync();
        Directory.Delete(directory, recursive: true);
    }

    private const string Spec = """
        {
          "ociVersion": "1.0.2",
          "root": { "path": "rootfs" },
          "process": {
            "user": { "uid": 0, "gid": 0 }, "cwd": "/", "env": ["PATH=/bin"],
            "args": ["sh", "-c", "while read -r device point rest; do [ $point = / ] && echo $device; done </proc/mounts; echo from the guest >/written"]
          },
          "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
          "linux": { "namespaces": [{ "type": "mount" }, { "type": "pid" }, { "type": "network" }] }
        }
        """;

    private static async Task MakeRootAsync(string directory, string image)
    {
        string tree = Path.Combine(directory, "tree");
        foreach (string name in (string[])["bin", "proc", "dev", "sys", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(tree, name));
        }

        File.Copy("/bin/busybox", Path.Combine(tree, "bin", "busybox"));
        File.CreateSymbolicLink(Path.Combine(tree, "bin", "sh"), "busybox");
        (await Tool.RunAsync("mke2fs", ["-q", "-t", "ext4", "-d", tree, image, "32M"])).Ok();
    }

    private static async Task<TtrpcClient> StartShimAsync(string directory, string bundle)
    {
        string shim = Path.Combine(Checkout.BinDirectory, "containerd-shim-skerry-v2");
        var environment = new Dictionary<string, string> { ["SKERRY_STATE_DIR"] = Path.Combine(directory, "skerry") };
        ToolResult started = await Tool.RunAsync("sh", ["-c", $"cd {bundle} && exec {shim} -namespace test -address '' -id {Id} start"], environment);
        string path = started.Ok().Output.Trim()["unix://".Length..];
        return new TtrpcClient(await UnixSockets.ConnectAsync(path, TestContext.Current.CancellationToken));
    }

    /// <summary>It may be gone before its answer is read.</summary>
    private static async Task ShutDownAsync(TtrpcClient shim)
    {
        Task<Empty> answer = CallAsync(shim, "Shutdown", new ShutdownRequest { Id = Id, Now = true }, Empty.Parser);
        await Task.WhenAny(answer, shim.Closed);
        await shim.Closed.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static Any ConfigAt(string path) => new()
    {
        TypeUrl = "runtimeoptions.v1.Options",
        Value = new Protocols.Shim.RuntimeOptions.Options { ConfigPath = path }.ToByteString(),
    };

    private static Task<TResponse> CallAsync<TRequest, TResponse>(TtrpcClient shim, string method, TRequest request, MessageParser<TResponse> parser)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> =>
        shim.CallAsync(ServiceNames.TaskV2, method, request, parser, timeout: null, TestContext.Current.CancellationToken);
}
