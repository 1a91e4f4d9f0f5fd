using Skerry.Cli.Containers;
using Skerry.Core;
using Skerry.Images;
using Skerry.Sandbox;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry gc</c>: removes what crashes left: sandboxes without a shim, containers never fully made, layers nobody needs.</summary>
internal sealed class GcCommand : SkerryCommand
{
    /// <summary>A container without a record that is younger may be in the making.</summary>
    private static readonly TimeSpan BeingMade = TimeSpan.FromMinutes(10);

    internal GcCommand(CliHost host)
        : base(host, "gc", "Removes what a crash left behind.") => Options.Add(GlobalOptions.Json);

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var containers = new RunningContainers(context.Host);
        (int sandboxes, int left) = await CleanSandboxesAsync(context, cancellationToken);
        int halfMade = RemoveHalfMade(containers);
        GarbageReport images = await new ImageStore(context.Host.DataDirectory)
            .CollectGarbageAsync(id => Directory.Exists(containers.Store.DirectoryOf(id)), cancellationToken);
        if (context.WantsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("sandboxes", sandboxes);
                json.WriteNumber("unfinishedContainers", halfMade);
                json.WriteNumber("layers", images.Layers);
                json.WriteNumber("blobs", images.Blobs);
                json.WriteNumber("unfinishedLayers", images.Leftovers);
                json.WriteNumber("sandboxesLeft", left);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Output.WriteLine(
                $"removed {sandboxes} sandboxes, {halfMade} unfinished containers, {images.Layers} layers, {images.Blobs} blobs, {images.Leftovers} unfinished layers");
        }

        return left == 0 ? ExitCodes.Success : ExitCodes.Of(FailureKind.HostDenied);
    }

    /// <summary>Counts the sandboxes of which nothing is left, and those of which something is, with a warning for each thing.</summary>
    private static async Task<(int Cleaned, int Left)> CleanSandboxesAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string stateDirectory = context.Host.StateDirectory;
        if (!Directory.Exists(stateDirectory))
        {
            return (0, 0);
        }

        int cleaned = 0;
        int withRest = 0;
        var cleanup = new SandboxCleanup(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        foreach (string directory in Directory.EnumerateDirectories(stateDirectory))
        {
            if (!SandboxId.TryParse(Path.GetFileName(directory), out SandboxId id))
            {
                continue;
            }

            var paths = new SandboxPaths(id, stateDirectory);
            if (SandboxCleanup.ShimIsAlive(paths))
            {
                continue;
            }

            IReadOnlyList<string> left = await cleanup.RunAsync(paths, cancellationToken);
            foreach (string reason in left)
            {
                context.Output.WriteWarning($"sandbox \"{id}\": cannot {reason}; its record is kept, so run \"skerry gc\" again when that is mended");
            }

            cleaned += left.Count == 0 ? 1 : 0;
            withRest += left.Count == 0 ? 0 : 1;
        }

        return (cleaned, withRest);
    }

    private static int RemoveHalfMade(RunningContainers containers)
    {
        var made = containers.Store.List().Select(record => record.Name).ToHashSet();
        DateTime newest = DateTime.UtcNow - BeingMade;
        ContainerId[] halfMade =
        [
            .. containers.Store.Names().Where(id => !made.Contains(id.Value) && Directory.GetLastWriteTimeUtc(containers.Store.DirectoryOf(id)) < newest),
        ];
        foreach (ContainerId id in halfMade)
        {
            containers.Forget(id);
        }

        return halfMade.Length;
    }
}
