using Skerry.Images.Tar;
using Skerry.Oci;

namespace Skerry.Images.Building;

/// <summary>What to make an image of, and how it wants to be run.</summary>
public sealed record OciLayoutRequest
{
    private OciLayoutRequest(Action<TarWriter, CancellationToken> writeLayer) => WriteLayer = writeLayer;

    /// <summary>The image's tag in the layout.</summary>
    public string Tag { get; init; } = "latest";

    /// <summary>Entry point, command, environment, user and working directory.</summary>
    public OciImageDefaults Defaults { get; init; } = new();

    /// <summary>True to compress the layer with gzip.</summary>
    public bool Compress { get; init; }

    /// <summary>When the image was made; fixed, so that the same content gives the same digest.</summary>
    public DateTimeOffset CreatedAt { get; init; } = DateTimeOffset.UnixEpoch;

    internal Action<TarWriter, CancellationToken> WriteLayer { get; }

    /// <summary>An image of everything below <paramref name="directory"/>, with owners, modes, times, links and attributes.</summary>
    public static OciLayoutRequest ForDirectory(string directory) => new((writer, cancellationToken) => new DirectoryPacker(writer).Pack(directory, cancellationToken));

    /// <summary>A small image around one static busybox: every applet as a link, the usual directories, and accounts root and nobody.</summary>
    /// <param name="busybox">The program, as /bin/busybox of Debian's busybox-static.</param>
    /// <param name="applets">The names of its applets, as <c>busybox --list</c> prints them.</param>
    public static OciLayoutRequest ForBusybox(string busybox, IReadOnlyList<string> applets) => new((writer, _) => BusyboxLayer.Write(writer, busybox, applets))
    {
        Defaults = new OciImageDefaults { Cmd = ["sh"], Env = ["PATH=/bin"], WorkingDir = "/" },
        Compress = true,
    };

    internal static OciLayoutRequest ForEntries(Action<TarWriter, CancellationToken> writeLayer) => new(writeLayer);
}
