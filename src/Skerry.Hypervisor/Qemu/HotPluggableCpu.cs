using System.Text.Json;

namespace Skerry.Hypervisor.Qemu;

/// <summary>A place for a processor, as <c>query-hotpluggable-cpus</c> describes it.</summary>
/// <param name="Driver">The model to plug there, as in <c>max-x86_64-cpu</c>.</param>
/// <param name="Place">Its socket, core and so on, by QEMU's names.</param>
internal sealed record HotPluggableCpu(string Driver, IReadOnlyList<(string Name, long Value)> Place)
{
    private static readonly string[] s_order = ["node-id", "socket-id", "die-id", "cluster-id", "core-id", "thread-id"];

    /// <summary>The free places, lowest first: a guest that gets them in another order was seen to stall.</summary>
    internal static IEnumerable<HotPluggableCpu> Free(JsonElement answer) => answer.EnumerateArray()
        .Where(cpu => !cpu.TryGetProperty("qom-path", out _))
        .Select(cpu => new HotPluggableCpu(
            cpu.GetProperty("type").GetString() ?? string.Empty,
            [.. cpu.GetProperty("props").EnumerateObject().Select(each => (each.Name, each.Value.GetInt64())).OrderBy(each => Array.IndexOf(s_order, each.Name))]))
        .OrderBy(cpu => cpu, Comparer<HotPluggableCpu>.Create(Compare));

    /// <summary>The arguments of <c>device_add</c>.</summary>
    internal void Write(Utf8JsonWriter json, string id)
    {
        json.WriteString("driver", Driver);
        json.WriteString("id", id);
        foreach ((string name, long value) in Place)
        {
            json.WriteNumber(name, value);
        }
    }

    private static int Compare(HotPluggableCpu one, HotPluggableCpu other) => one.Place
        .Zip(other.Place, (mine, theirs) => mine.Value.CompareTo(theirs.Value))
        .FirstOrDefault(difference => difference != 0);
}
