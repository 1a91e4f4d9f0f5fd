using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Skerry.SystemTests.Hosts;

/// <summary>A registry on this machine that serves one image of an OCI layout for reading, without TLS.</summary>
/// <remarks>OCI distribution specification 1.1, "Pulling manifests" and "Pulling blobs".</remarks>
public sealed class LocalRegistry : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _layout;
    private readonly Task _serving;

    private LocalRegistry(string layout, int port)
    {
        _layout = layout;
        Address = $"127.0.0.1:{port}";
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    /// <summary>Serves the layout's first image as <c>busybox</c>, under every tag.</summary>
    public static LocalRegistry Start(string layout)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return new LocalRegistry(layout, port);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext call = await _listener.GetContextAsync();
                await AnswerAsync(call.Request, call.Response);
                call.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        string[] path = request.Url!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is ["v2"])
        {
            return;
        }

        (string digest, string type) = path switch
        {
            ["v2", "busybox", "manifests", _] => First(),
            ["v2", "busybox", "blobs", var blob] => (blob, "application/octet-stream"),
            _ => (string.Empty, string.Empty),
        };
        string file = Path.Combine(_layout, "blobs", digest.Replace(':', '/'));
        if (digest.Length == 0 || !File.Exists(file))
        {
            response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }

        byte[] content = await File.ReadAllBytesAsync(file);
        response.ContentType = type;
        response.Headers["Docker-Content-Digest"] = digest;
        response.ContentLength64 = content.Length;
        if (request.HttpMethod == "GET")
        {
            await response.OutputStream.WriteAsync(content);
        }
    }

    private (string Digest, string Type) First()
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_layout, "index.json")));
        JsonElement manifest = index.RootElement.GetProperty("manifests")[0];
        return (manifest.GetProperty("digest").GetString()!, manifest.GetProperty("mediaType").GetString()!);
    }
}
