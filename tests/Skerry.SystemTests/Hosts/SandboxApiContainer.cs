using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Types;

namespace Skerry.SystemTests.Hosts;

/// <summary>A container in a <see cref="SandboxApiShim"/>: its bundle as containerd's CRI plugin makes it, its calls of the task service.</summary>
public sealed class SandboxApiContainer
{
    private readonly SandboxApiShim _shim;
    private readonly string _bundle;

    private SandboxApiContainer(SandboxApiShim shim, string id)
    {
        _shim = shim;
        Id = id;
        _bundle = Path.Combine(shim.WorkDirectory, "tasks", id);
    }

    public string Id { get; }

    private string Output => Path.Combine(_shim.WorkDirectory, $"{Id}.out");

    /// <summary>Creates and starts a container of busybox that runs <paramref name="script"/>.</summary>
    public static async Task<SandboxApiContainer> RunAsync(SandboxApiShim shim, string id, string script)
    {
        var container = new SandboxApiContainer(shim, id);
        Directory.CreateDirectory(Path.Combine(container._bundle, "rootfs"));
        await File.WriteAllTextAsync(Path.Combine(container._bundle, "config.json"), container.Spec(script).ToJsonString());
        var create = new CreateTaskRequest { Id = id, Bundle = container._bundle, Stdout = $"file://{container.Output}", Stderr = $"file://{container.Output}" };
        string root = Path.Combine(Path.GetDirectoryName(await BusyboxImage.LayoutAsync())!, "root");
        var mount = new Mount { Type = "bind", Source = root };
        mount.Options.Add(["rbind", "rw"]);
        create.Rootfs.Add(mount);
        await shim.TaskAsync("Create", create, CreateTaskResponse.Parser);
        await shim.TaskAsync("Start", new StartRequest { Id = id }, StartResponse.Parser);
        return container;
    }

    public Task<WaitResponse> WaitAsync() => _shim.TaskAsync("Wait", new WaitRequest { Id = Id }, WaitResponse.Parser);

    /// <summary>Waits for its end, deletes it, and asks the shim to go, as containerd does after every task.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> EndAsync()
    {
        Assert.Equal(0u, (await WaitAsync()).ExitStatus);
        await _shim.TaskAsync("Delete", new DeleteRequest { Id = Id }, DeleteResponse.Parser);
        await _shim.TaskAsync("Shutdown", new ShutdownRequest { Id = Id }, Empty.Parser);
        return await File.ReadAllTextAsync(Output);
    }

    private JsonObject Spec(string script) => new()
    {
        ["ociVersion"] = "1.1.0",
        ["process"] = new JsonObject
        {
            ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
            ["args"] = new JsonArray("sh", "-c", script),
            ["env"] = new JsonArray("PATH=/bin"),
            ["cwd"] = "/",
        },
        ["root"] = new JsonObject { ["path"] = "rootfs" },
        ["mounts"] = new JsonArray(
            Mounted("/proc", "proc"), Mounted("/dev", "tmpfs", "mode=755"), Mounted("/dev/shm", "tmpfs", "mode=1777", "size=65536k"), Mounted("/sys", "sysfs", "ro")),
        ["annotations"] = new JsonObject
        {
            ["io.kubernetes.cri.container-type"] = "container",
            ["io.kubernetes.cri.sandbox-id"] = _shim.Id,
        },
        ["linux"] = new JsonObject
        {
            ["namespaces"] = new JsonArray(Space("pid"), Space("mount"), Space("ipc", "/proc/1/ns/ipc"), Space("uts", "/proc/1/ns/uts"), Space("network", "/proc/1/ns/net")),
        },
    };

    private static JsonObject Mounted(string destination, string type, params string[] options) => new()
    {
        ["destination"] = destination,
        ["type"] = type,
        ["source"] = type,
        ["options"] = new JsonArray([.. options.Select(option => (JsonNode?)option)]),
    };

    private static JsonObject Space(string type, string? path = null) =>
        path is null ? new JsonObject { ["type"] = type } : new JsonObject { ["type"] = type, ["path"] = path };
}
