using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Scenarios;

/// <summary>
/// A pod's way out: veth, traffic control, tap, virtio-net and the guest's network, beside the same program in a namespace at the end of
/// a plain veth pair. TCP from busybox's web server, which leaves the copying to the kernel, and ICMP echoes, which the kernels answer.
/// </summary>
public sealed class NetworkScenario(SkerryHost host, string directory) : IScenario
{
    private const int Port = 80;
    private const string FileName = "zeros";
    private const int Echoes = 200;
    private const long TransferBytes = 32 << 20;
    private const double BytesPerMebibyte = 1 << 20;
    private const int EchoBytes = 64;
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(30);
    private const string ContainerName = "wire";

    private readonly CableNetwork _network = new();
    private Process? _plainServer;
    private readonly byte[] _buffer = new byte[256 << 10];
    private readonly List<double> _guestRates = [];
    private readonly List<double> _plainRates = [];
    private readonly List<double> _guestEchoes = [];
    private readonly List<double> _plainEchoes = [];

    public string Name => "network";

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        string pages = Directory.CreateDirectory(Path.Combine(directory, "pages")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(pages, FileName), new byte[TransferBytes], cancellationToken);
        _plainServer = Tool.Start("nsenter", [$"--net={_network.PlainPath}", "busybox", "httpd", "-f", "-p", $"{Port}", "-h", pages]);
        string serve = $"busybox head -c {TransferBytes} /dev/zero >/pages/{FileName}; exec busybox httpd -f -p {Port} -h /pages";
        (await host.RunAsync(
            ["run", "-d", "--name", ContainerName, "--network", $"netns:{_network.GuestPath}", "--tmpfs", "/pages", "busybox", "sh", "-c", serve], cancellationToken)).Ok();
        await MeasureEchoAsync(CableNetwork.Guest, cancellationToken);
        await MeasureRateAsync(CableNetwork.Plain, cancellationToken);
        await MeasureRateAsync(CableNetwork.Guest, cancellationToken);
    }

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        _plainEchoes.Add(await MeasureEchoAsync(CableNetwork.Plain, cancellationToken));
        _guestEchoes.Add(await MeasureEchoAsync(CableNetwork.Guest, cancellationToken));
        _plainRates.Add(await MeasureRateAsync(CableNetwork.Plain, cancellationToken));
        _guestRates.Add(await MeasureRateAsync(CableNetwork.Guest, cancellationToken));
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        new Comparison
        {
            Name = "TCP from a pod, 32 MiB by HTTP",
            Ours = new Samples("MiB/s", _guestRates),
            Reference = new Samples("MiB/s", _plainRates),
            ReferenceName = "the same at the end of a veth pair",
            MoreIsBetter = true,
        },
        new Comparison
        {
            Name = "ICMP echo round trip to a pod, p50",
            Ours = new Samples("µs", _guestEchoes),
            Reference = new Samples("µs", _plainEchoes),
            ReferenceName = "the end of a veth pair",
        },
    ];

    public async ValueTask DisposeAsync()
    {
        await host.RunAsync(["rm", "-f", ContainerName], CancellationToken.None);
        _plainServer?.Kill();
        _plainServer?.Dispose();
        _network.Dispose();
    }

    /// <summary>Mebibytes in a second, first byte to last. A server that does not listen yet is asked again.</summary>
    private async Task<double> MeasureRateAsync(IPAddress server, CancellationToken cancellationToken)
    {
        using Socket stream = await ConnectAsync(new IPEndPoint(server, Port), cancellationToken);
        await stream.SendAsync(Encoding.ASCII.GetBytes($"GET /{FileName} HTTP/1.0\r\n\r\n"), cancellationToken);
        long total = await stream.ReceiveAsync(_buffer, cancellationToken);
        long began = Stopwatch.GetTimestamp();
        int count;
        while ((count = await stream.ReceiveAsync(_buffer, cancellationToken)) > 0)
        {
            total += count;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        return total > TransferBytes
            ? TransferBytes / BytesPerMebibyte / elapsed.TotalSeconds
            : throw new InvalidOperationException($"{total} bytes came from {server}, fewer than the file's {TransferBytes}");
    }

    private async Task<Socket> ConnectAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Socket stream = _network.Open(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await stream.ConnectAsync(server, cancellationToken);
                return stream;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(start) < s_answerLimit)
            {
                stream.Dispose();
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    /// <summary>The median of some echoes, one after the other, in microseconds.</summary>
    private async Task<double> MeasureEchoAsync(IPAddress target, CancellationToken cancellationToken)
    {
        using Socket socket = _network.Open(SocketType.Raw, ProtocolType.Icmp);
        socket.Connect(new IPEndPoint(target, 0));
        var times = new double[Echoes];
        for (int i = 0; i < times.Length; i++)
        {
            byte[] request = EchoRequest(i);
            long start = Stopwatch.GetTimestamp();
            await socket.SendAsync(request, cancellationToken);
            while (!IsAnswer(await socket.ReceiveAsync(_buffer, cancellationToken).AsTask().WaitAsync(s_answerLimit, cancellationToken), request))
            {
            }

            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return new Samples("µs", times).Median;
    }

    /// <summary>Behind an IPv4 header of 20 bytes: type 0, then what the request had after its checksum.</summary>
    private bool IsAnswer(int count, byte[] request) =>
        count == 20 + request.Length && _buffer[20] == 0 && _buffer.AsSpan(24, request.Length - 4).SequenceEqual(request.AsSpan(4));

    /// <summary>An ICMP echo request whose only content is its number, so that the checksum is that of type and number.</summary>
    private static byte[] EchoRequest(int number)
    {
        var request = new byte[EchoBytes];
        request[0] = 8;
        request[6] = (byte)(number >> 8);
        request[7] = (byte)number;
        ushort checksum = (ushort)~(0x0800 + number);
        request[2] = (byte)(checksum >> 8);
        request[3] = (byte)checksum;
        return request;
    }
}
