using Skerry.Cli.Checks;
using Skerry.Core;
using Skerry.Images.Building;

namespace Skerry.Cli.Commands.Image;

/// <summary>The source <c>busybox:FILE</c>: a small image made on the spot around a static busybox, for trying things out.</summary>
internal static class BusyboxSource
{
    private const string Prefix = "busybox:";

    internal static bool Is(string source) => source.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Writes the image as an OCI layout below <paramref name="directory"/>; returns its reference.</summary>
    /// <exception cref="SkerryException">InvalidArgument when the file is no busybox that runs here.</exception>
    internal static async Task<string> WriteLayoutAsync(string source, string directory, CancellationToken cancellationToken)
    {
        string program = Path.GetFullPath(source[Prefix.Length..]);
        string applets = await ProgramOutput.ReadAsync(program, ["--list"], cancellationToken)
            ?? throw new SkerryException(FailureKind.InvalidArgument, $"\"{program}\" is no busybox that runs here", "install Debian's busybox-static, and use busybox:/bin/busybox");
        OciLayoutRequest request = OciLayoutRequest.ForBusybox(program, applets.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        await OciLayoutWriter.WriteAsync(directory, request, cancellationToken);
        return $"oci:{directory}:{request.Tag}";
    }
}
