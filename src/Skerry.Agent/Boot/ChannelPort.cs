using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>Finds the device of a named virtio-serial port: without udev there are no links in /dev/virtio-ports.</summary>
internal static class ChannelPort
{
    private const string PortsDirectory = "/sys/class/virtio-ports";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(1);

    /// <summary>The device file of the port called <paramref name="name"/>, or null while there is none.</summary>
    public static string? Find(string name, string portsDirectory = PortsDirectory, string deviceDirectory = "/dev")
    {
        if (!Directory.Exists(portsDirectory))
        {
            return null;
        }

        foreach (string port in Directory.EnumerateDirectories(portsDirectory))
        {
            string nameFile = $"{port}/name";
            if (KernelFile.TryRead(nameFile, out _) == name)
            {
                return $"{deviceDirectory}/{Path.GetFileName(port)}";
            }
        }

        return null;
    }

    /// <summary>As <see cref="Find"/>, but waits for a port that the kernel has not announced yet.</summary>
    /// <exception cref="TimeoutException">The port did not appear in time.</exception>
    public static async Task<string> WaitAsync(string name, TimeSpan limit, CancellationToken cancellationToken) =>
        await Polling.FindAsync(() => Find(name), s_interval, limit, cancellationToken).ConfigureAwait(false)
            ?? throw new TimeoutException($"no virtio-serial port named \"{name}\" after {limit.TotalSeconds:0} s");
}
