using System.Formats.Tar;
using Skerry.Images.Building;

namespace Skerry.Bench.Hosts;

/// <summary>The image that every scenario runs: Debian's static busybox, as an OCI layout and as an archive of it.</summary>
public sealed record BusyboxImage(string Layout, string Archive)
{
    /// <summary>Its name in containerd.</summary>
    public const string Name = "docker.io/library/busybox:bench";

    private const string Busybox = "/bin/busybox";

    public static async Task<BusyboxImage> MakeAsync(string directory, CancellationToken cancellationToken)
    {
        ToolResult applets = (await Tool.RunAsync(Busybox, ["--list"], cancellationToken)).Ok();
        string layout = Path.Combine(directory, "busybox");
        OciLayoutRequest request = OciLayoutRequest.ForBusybox(Busybox, applets.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)) with { Tag = Name };
        await OciLayoutWriter.WriteAsync(layout, request, cancellationToken);
        string archive = layout + ".tar";
        await TarFile.CreateFromDirectoryAsync(layout, archive, includeBaseDirectory: false, cancellationToken);
        return new BusyboxImage(layout, archive);
    }
}
