using System.Globalization;
using Skerry.Core;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Guest;

/// <summary>Takes CPUs and memory that the host has plugged into use.</summary>
/// <remarks>Documentation/ABI/testing/sysfs-devices-system-cpu and -memory.</remarks>
internal sealed class HotplugSwitch(string systemDirectory = "/sys/devices/system")
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Onlines what is there; with <c>wait</c> until as many CPUs were onlined as the request says.</summary>
    /// <exception cref="SkerryException">TimedOut when they do not appear.</exception>
    public async Task OnlineAsync(OnlineCPUMemRequest request, CancellationToken cancellationToken)
    {
        uint onlined = 0;
        long start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(s_interval);
        while (true)
        {
            onlined += Online("cpu", request.NbCpus - onlined);
            if (!request.Wait || onlined >= request.NbCpus)
            {
                break;
            }

            if (TimeProvider.System.GetElapsedTime(start) > s_limit)
            {
                throw new SkerryException(
                    FailureKind.TimedOut, string.Create(CultureInfo.InvariantCulture, $"only {onlined} of {request.NbCpus} CPUs appeared within {s_limit.TotalSeconds:0} s"));
            }

            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!request.CpuOnly)
        {
            Online("memory", uint.MaxValue);
        }
    }

    private uint Online(string kind, uint atMost)
    {
        string directory = $"{systemDirectory}/{kind}";
        uint count = 0;
        foreach (string device in Directory.Exists(directory) ? Directory.EnumerateDirectories(directory, $"{kind}*") : [])
        {
            string file = $"{device}/online";
            bool isDevice = char.IsAsciiDigit(device[^1]) && File.Exists(file);
            if (count < atMost && isDevice && ProcFile.ReadOrEmpty(file).Trim() == "0")
            {
                File.WriteAllText(file, "1");
                count++;
            }
        }

        return count;
    }
}
