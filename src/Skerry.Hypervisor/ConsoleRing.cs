using System.Text;
using Skerry.Core;

namespace Skerry.Hypervisor;

/// <summary>
/// Keeps the end of a guest's console on disk, in two files of at most half the limit each: when the current one is full it
/// becomes the older half. A guest that floods its console costs neither more memory nor more disk than that.
/// </summary>
/// <remarks>
/// Thread-safe. A write that the disk refuses is dropped and counted, never an error: the console must not end a machine.
/// </remarks>
public sealed class ConsoleRing : IDisposable
{
    /// <summary>The newer half's name in a state directory.</summary>
    public const string FileName = "console.log";
    private const string OlderSuffix = ".old";

    private readonly string _path;
    private readonly int _halfBytes;
    private readonly Lock _lock = new();
    private FileStream? _current;
    private int _currentBytes;
    private long _droppedBytes;

    private ConsoleRing(string path, int halfBytes)
    {
        _path = path;
        _halfBytes = halfBytes;
        _current = Create(path);
    }

    /// <summary>Bytes that were not kept because the disk refused them.</summary>
    public long DroppedBytes => Interlocked.Read(ref _droppedBytes);

    /// <summary>Starts an empty ring in <paramref name="directory"/>; what an earlier one left is replaced.</summary>
    /// <param name="directory">An existing directory.</param>
    /// <param name="limitBytes">Most bytes kept, at least 512; half of it always remains readable.</param>
    /// <exception cref="HypervisorException">ResourceExhausted without space, HostDenied without permission.</exception>
    public static ConsoleRing Open(string directory, int limitBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limitBytes, 512);
        string path = Path.Combine(directory, FileName);
        try
        {
            File.Delete(path + OlderSuffix);
            return new ConsoleRing(path, limitBytes / 2);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            FailureKind kind = cause is UnauthorizedAccessException ? FailureKind.HostDenied : FailureKind.ResourceExhausted;
            throw new HypervisorException(kind, $"cannot keep the guest's console at \"{path}\"", "check space and permissions of the state directory", cause);
        }
    }

    /// <summary>The last <paramref name="maxBytes"/> bytes that a ring, of this or another process, kept in <paramref name="directory"/>.</summary>
    /// <remarks>Works without the process that wrote it, for a look after a crash. Empty when there is none.</remarks>
    public static string ReadTail(string directory, int maxBytes)
    {
        string path = Path.Combine(directory, FileName);
        byte[] newer = ReadEnd(path, maxBytes);
        byte[] older = newer.Length < maxBytes ? ReadEnd(path + OlderSuffix, maxBytes - newer.Length) : [];
        return GuestText.Sanitize(Encoding.UTF8.GetString([.. older, .. newer]));
    }

    /// <summary>The last <paramref name="maxBytes"/> bytes as text, control characters shown harmlessly.</summary>
    public string Tail(int maxBytes)
    {
        lock (_lock)
        {
            return ReadTail(Path.GetDirectoryName(_path)!, maxBytes);
        }
    }

    /// <summary>Appends what the guest wrote.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            while (bytes.Length > 0)
            {
                int room = _halfBytes - _currentBytes;
                ReadOnlySpan<byte> part = bytes[..Math.Min(room, bytes.Length)];
                Write(part);
                bytes = bytes[part.Length..];
                if (_currentBytes >= _halfBytes)
                {
                    Turn();
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _current?.Dispose();
            _current = null;
        }
    }

    private static FileStream Create(string path) =>
        new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static byte[] ReadEnd(string path, int maxBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Seek(-Math.Min(file.Length, maxBytes), SeekOrigin.End);
            var bytes = new byte[Math.Min(file.Length, maxBytes)];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return []; // Nothing was kept, or it is gone.
        }
    }

    private void Write(ReadOnlySpan<byte> part)
    {
        try
        {
            _current?.Write(part);
        }
        catch (IOException)
        {
            Interlocked.Add(ref _droppedBytes, part.Length);
        }

        _currentBytes += part.Length;
    }

    private void Turn()
    {
        _currentBytes = 0;
        if (_current is null)
        {
            return;
        }

        try
        {
            _current.Dispose();
            _current = null;
            File.Move(_path, _path + OlderSuffix, overwrite: true);
            _current = Create(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The directory is gone or full: go on without a file; later bytes are dropped.
            _current = null;
        }
    }
}
