using System.Globalization;
using System.Text.Json;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qemu;

/// <content>Network cards. QEMU gets its descriptors under names, which the command that makes the backend takes.</content>
internal sealed partial class QemuDevices
{
    /// <inheritdoc cref="IVirtualMachine.PlugAsync(NetworkDevice, CancellationToken)"/>
    internal Task PlugAsync(NetworkDevice device, CancellationToken cancellationToken) => PlugAsync(
        QemuNetwork.CardOf(device.Id),
        What(device.Id),
        behind => AddBackendAsync(device, behind, cancellationToken),
        (json, bus) => WriteCard(json, device, bus),
        cancellationToken);

    /// <inheritdoc cref="IVirtualMachine.UnplugAsync"/>
    internal Task UnplugAsync(string id, CancellationToken cancellationToken) => UnplugAsync(QemuNetwork.CardOf(id), What(id), cancellationToken);

    private static string What(string id) => $"network card \"{id}\"";

    private static void WriteCard(Utf8JsonWriter json, NetworkDevice device, string bus)
    {
        json.WriteString("driver", "virtio-net-pci");
        json.WriteString("id", QemuNetwork.CardOf(device.Id));
        json.WriteString("netdev", device.Id);
        json.WriteString("mac", device.Mac.ToString());
        json.WriteString("bus", bus);
        json.WriteString("romfile", string.Empty);
        if (device.Queues.Count > 1)
        {
            json.WriteBoolean("mq", true);
            json.WriteNumber("vectors", (2 * device.Queues.Count) + 2);
        }
    }

    private async Task AddBackendAsync(NetworkDevice device, RollbackStack behind, CancellationToken cancellationToken)
    {
        var passed = new RollbackStack();
        try
        {
            IReadOnlyList<string> queues = await PassAsync(device.Id + "-queue", device.Queues, passed, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> vhost = await PassAsync(device.Id + "-vhost", device.VhostQueues, passed, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync("netdev_add", json => WriteBackend(json, device.Id, queues, vhost)).ConfigureAwait(false);
            behind.Push("remove its backend", () => new ValueTask(RemoveAsync("netdev_del", device.Id)));
        }
        catch (Exception error)
        {
            // QEMU no longer knows the names that its refused command has taken: that is no failure.
            IReadOnlyList<Exception> failures = await passed.RollBackAsync().ConfigureAwait(false);
            AddFailures(error, failures.Where(failure => ErrorReport.KindOf(failure) != FailureKind.FailedPrecondition));
            throw;
        }
    }

    private static void WriteBackend(Utf8JsonWriter json, string id, IReadOnlyList<string> queues, IReadOnlyList<string> vhost)
    {
        json.WriteString("type", "tap");
        json.WriteString("id", id);
        json.WriteString("fds", string.Join(':', queues));
        json.WriteBoolean("vhost", vhost.Count > 0);
        if (vhost.Count > 0)
        {
            json.WriteString("vhostfds", string.Join(':', vhost));
        }
    }

    /// <summary>Hands descriptors to QEMU under names, which later commands use.</summary>
    private async Task<IReadOnlyList<string>> PassAsync(
        string prefix, IReadOnlyList<FileDescriptor> descriptors, RollbackStack passed, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        foreach (FileDescriptor descriptor in descriptors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{names.Count}");
            await ExecuteAsync("getfd", json => json.WriteString("fdname", name), descriptor).ConfigureAwait(false);
            passed.Push($"close \"{name}\"", () => new ValueTask(ExecuteAsync("closefd", json => json.WriteString("fdname", name))));
            names.Add(name);
        }

        return names;
    }
}
