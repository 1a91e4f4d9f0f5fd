using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;

namespace Skerry.SystemTests.Cri;

/// <summary>
/// A client of the container runtime interface: unary gRPC calls over a unix socket. HTTP/2 without TLS or negotiation, one
/// message each way behind its five bytes of prefix, the status in the trailers.
/// </summary>
public sealed class CriClient : IDisposable
{
    private const string Service = "runtime.v1.RuntimeService";
    private const int PrefixBytes = 5;
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(300);

    private readonly HttpMessageInvoker _http;

    public CriClient(string socket) => _http = new HttpMessageInvoker(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        },
    });

    /// <summary>Calls a method of the runtime service.</summary>
    /// <exception cref="CriException">The manager's status, unless it is OK.</exception>
    public async Task<TResponse> CallAsync<TResponse>(string method, IMessage request, MessageParser<TResponse> parser, TimeSpan? limit = null)
        where TResponse : IMessage<TResponse>
    {
        using var deadline = new CancellationTokenSource(limit ?? DefaultLimit);
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://localhost/{Service}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(request)) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _http.SendAsync(message, deadline.Token);
        byte[] body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
        ThrowUnlessOk(method, response);
        return parser.ParseFrom(body.AsSpan(PrefixBytes));
    }

    public void Dispose() => _http.Dispose();

    private static byte[] Frame(IMessage request)
    {
        byte[] frame = new byte[PrefixBytes + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixBytes);
        request.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    // A call that fails at once has its status among the headers.
    private static void ThrowUnlessOk(string method, HttpResponseMessage response)
    {
        string Of(string name) => response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values)
            || response.Headers.TryGetValues(name, out values) ? string.Concat(values) : string.Empty;
        string status = Of("grpc-status");
        if (status != "0")
        {
            int code = int.TryParse(status, CultureInfo.InvariantCulture, out int number) ? number : -1;
            throw new CriException(method, code, Uri.UnescapeDataString(Of("grpc-message")));
        }
    }
}
