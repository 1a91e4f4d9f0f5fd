using System.Text.Json;

namespace Skerry.Bench.Hosts;

/// <summary>A container that sleeps; removed with its sandbox when disposed.</summary>
public sealed class IdleContainer(SkerryHost host, string name) : IAsyncDisposable
{
    public string Name => name;

    /// <summary>The unix-socket face of the guest channel.</summary>
    public string VsockSocket => Path.Combine(host.StateDirectory, name, "vsock.sock");

    /// <summary>The sandbox's host processes by role, as the shim wrote them down.</summary>
    public IReadOnlyDictionary<string, int> Processes()
    {
        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(host.StateDirectory, name, "state.json")));
        return record.RootElement.GetProperty("processes").EnumerateArray()
            .ToDictionary(process => process.GetProperty("role").GetString()!, process => process.GetProperty("pid").GetInt32());
    }

    public async ValueTask DisposeAsync() => await host.RunAsync(["rm", "-f", name], CancellationToken.None);
}
