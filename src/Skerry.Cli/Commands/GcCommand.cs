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
        int sandboxes = await CleanSandboxesAsync(context.Host.StateDirectory, cancellationToken);
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
                json.WriteEndObject();
            });
            return ExitCodes.Success;
        }

        context.Output.WriteLine(
            $"removed {sandboxes} sandboxes, {halfMade} unfinished containers, {images.Layers} layers, {images.Blobs} blobs, {images.Leftovers} unfinished layers");
        return ExitCodes.Success;
    }

    private static async Task<int> CleanSandboxesAsync(string stateDirectory, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(stateDirectory))
        {
            return 0;
        }

        int cleaned = 0;
        var cleanup = new SandboxCleanup(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        foreach (string directory in Directory.EnumerateDirectories(stateDirectory))
        {
            if (!SandboxId.TryParse(Path.GetFileName(directory), out SandboxId id))
            {
                continue;
            }

            var paths = new SandboxPaths(id, stateDirectory);
            if (!SandboxCleanup.ShimIsAlive(paths) && await cleanup.RunAsync(paths, cancellationToken))
            {
                cleaned++;
            }
        }

        return cleaned;
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
