using System.Net.Sockets;
using Skerry.Core;

namespace Skerry.Protocols;

/// <summary>Unix stream sockets: listening, connecting, and taking over a descriptor that was handed down.</summary>
public static class UnixSockets
{
    /// <summary>The longest path of a socket, in bytes: <c>sun_path</c> of unix(7) without its final zero.</summary>
    public const int MaxPathBytes = 107;

    private const int Backlog = 128;

    /// <summary>Listens on a new socket file. Nobody can connect before the file has <paramref name="mode"/>.</summary>
    /// <exception cref="SkerryException">AlreadyExists when there is a file; InvalidArgument when the path is too long; else by the error.</exception>
    public static Socket Listen(string path, UnixFileMode mode)
    {
        UnixDomainSocketEndPoint address = AddressOf(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(address);
            File.SetUnixFileMode(path, mode);
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new SkerryException(KindOf(error), $"cannot listen on \"{path}\"", cause: error);
        }
    }

    /// <summary>Connects to a socket file.</summary>
    /// <exception cref="SkerryException">NotFound without the file; Unavailable when nobody listens; else by the error.</exception>
    public static async Task<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        UnixDomainSocketEndPoint address = AddressOf(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new SkerryException(KindOf(error), $"cannot connect to \"{path}\"", cause: error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether somebody listens on a socket file: false for a missing one, and for one whose process is gone.</summary>
    public static bool Answers(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(AddressOf(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Takes over a socket that another process opened, such as a listening one inherited by number.</summary>
    public static Socket FromDescriptor(int descriptor) => new(new SafeSocketHandle(descriptor, ownsHandle: true));

    private static UnixDomainSocketEndPoint AddressOf(string path)
    {
        int length = System.Text.Encoding.UTF8.GetByteCount(path);
        return length is > 0 and <= MaxPathBytes
            ? new UnixDomainSocketEndPoint(path)
            : throw new SkerryException(FailureKind.InvalidArgument, $"\"{path}\" cannot be a socket: it has {length} bytes", $"use a path of 1 to {MaxPathBytes} bytes");
    }

    private static FailureKind KindOf(Exception error) => error switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => FailureKind.AlreadyExists,
        SocketException { SocketErrorCode: SocketError.AccessDenied } or UnauthorizedAccessException => FailureKind.HostDenied,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset } => FailureKind.Unavailable,
        SocketException { NativeErrorCode: 2 } or SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => FailureKind.NotFound,
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => FailureKind.ResourceExhausted,
        _ => FailureKind.Internal,
    };
}
