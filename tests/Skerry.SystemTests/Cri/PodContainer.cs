using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests.Cri;

/// <summary>A container of a pod.</summary>
public sealed class PodContainer(Pod pod, string id, ContainerConfig config)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public string Id => id;

    /// <summary>The file its output goes to.</summary>
    public string LogPath => Path.Combine(pod.Config.LogDirectory, config.LogPath);

    public Task StartAsync() => pod.Host.CallAsync("StartContainer", new StartContainerRequest { ContainerId = id }, StartContainerResponse.Parser);

    /// <summary>Asks it to end, and kills it after <paramref name="graceSeconds"/>.</summary>
    public Task StopAsync(long graceSeconds = 0) =>
        pod.Host.CallAsync("StopContainer", new StopContainerRequest { ContainerId = id, Timeout = graceSeconds }, StopContainerResponse.Parser);

    public Task RemoveAsync() => pod.Host.CallAsync("RemoveContainer", new RemoveContainerRequest { ContainerId = id }, RemoveContainerResponse.Parser);

    public async Task<ContainerStatus> StatusAsync() =>
        (await pod.Host.CallAsync("ContainerStatus", new ContainerStatusRequest { ContainerId = id }, ContainerStatusResponse.Parser)).Status;

    /// <summary>Waits until it has ended.</summary>
    public async Task<ContainerStatus> ExitedAsync()
    {
        ContainerStatus status = await StatusAsync();
        await Eventually.TrueAsync(
            async () => (status = await StatusAsync()).State == ContainerState.ContainerExited, $"container {config.Metadata.Name} has ended", Patience);
        return status;
    }

    /// <summary>Runs a command in it.</summary>
    public async Task<ToolResult> ExecAsync(params IEnumerable<string> command)
    {
        ExecSyncResponse response = await pod.Host.CallAsync("ExecSync", new ExecSyncRequest { ContainerId = id, Cmd = { command } }, ExecSyncResponse.Parser);
        return new ToolResult(string.Join(' ', command), response.ExitCode, response.Stdout.ToStringUtf8(), response.Stderr.ToStringUtf8());
    }

    /// <summary>What a shell script in it prints; it must succeed.</summary>
    public async Task<string> ShellAsync(string script) => (await ExecAsync("sh", "-c", script)).Ok().Output.TrimEnd('\n');

    /// <summary>Runs a command in it with streams, as <c>kubectl exec -i</c> does.</summary>
    public async Task<RemoteStream> StreamAsync(bool terminal, params IEnumerable<string> command)
    {
        var request = new ExecRequest { ContainerId = id, Cmd = { command }, Stdin = true, Stdout = true, Stderr = !terminal, Tty = terminal };
        StreamResponse response = await pod.Host.CallAsync("Exec", request, StreamResponse.Parser);
        return await RemoteStream.OpenAsync(pod.Host, response.Url);
    }

    /// <summary>Takes over its streams, as <c>kubectl attach -i</c> does.</summary>
    public async Task<RemoteStream> AttachAsync()
    {
        var request = new AttachRequest { ContainerId = id, Stdin = config.Stdin, Stdout = true, Stderr = !config.Tty, Tty = config.Tty };
        StreamResponse response = await pod.Host.CallAsync("Attach", request, StreamResponse.Parser);
        return await RemoteStream.OpenAsync(pod.Host, response.Url);
    }

    public async Task<ContainerStats> StatsAsync() =>
        (await pod.Host.CallAsync("ContainerStats", new ContainerStatsRequest { ContainerId = id }, ContainerStatsResponse.Parser)).Stats;

    public Task UpdateAsync(Resources resources) => pod.Host.CallAsync(
        "UpdateContainerResources", new UpdateContainerResourcesRequest { ContainerId = id, Linux = resources }, UpdateContainerResourcesResponse.Parser);

    public Task ReopenLogAsync() =>
        pod.Host.CallAsync("ReopenContainerLog", new ReopenContainerLogRequest { ContainerId = id }, ReopenContainerLogResponse.Parser);

    /// <summary>The lines it has written, without the time, stream and tag that the manager puts before each.</summary>
    public string Log() => string.Concat(File.ReadLines(LogPath).Select(line => line.Split(' ', 4) is [_, _, "F", var text] ? text + "\n" : line.Split(' ', 4)[^1]));

    /// <summary>Waits until its log has <paramref name="text"/>.</summary>
    public Task LoggedAsync(string text) =>
        Eventually.TrueAsync(() => File.Exists(LogPath) && Log().Contains(text, StringComparison.Ordinal), $"the log of {config.Metadata.Name} has \"{text}\"", Patience);
}
