using System.Text.Json;

namespace Skerry.Hypervisor.Qemu;

/// <summary>The threads that run the guest's processors.</summary>
internal sealed partial class QemuMachine
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> VcpuThreadsAsync(CancellationToken cancellationToken) =>
        ReadThreads(await _monitor.ExecuteAsync("query-cpus-fast", s_commandTimeout, cancellationToken).ConfigureAwait(false));

    /// <summary>QMP's CpuInfoFast: <c>thread-id</c> is the host's number of the thread.</summary>
    internal static IReadOnlyList<int> ReadThreads(JsonElement answer) => answer.ValueKind != JsonValueKind.Array
        ? []
        : [.. answer.EnumerateArray().Where(IsProcessor).Select(processor => processor.GetProperty("thread-id").GetInt32())];

    private static bool IsProcessor(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("thread-id", out JsonElement thread) && thread.TryGetInt32(out _);
}
