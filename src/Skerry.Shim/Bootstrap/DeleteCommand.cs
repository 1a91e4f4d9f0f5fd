using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>
/// <c>delete</c>: called when a shim died, or when its container could not be made. Cleans up the whole sandbox, unless the
/// container is only one of a pod's and the pod's shim lives. Idempotent, and done within containerd's 5 seconds.
/// </summary>
internal static class DeleteCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4.5);

    /// <summary>Runs the command and prints the answer containerd expects.</summary>
    internal static async Task RunAsync(ShimFlags flags, ILogger log)
    {
        SandboxPaths? paths = FindSandbox(flags, out bool member);
        if (paths is not null && !(member && SandboxCleanup.ShimIsAlive(paths)))
        {
            using var limit = new CancellationTokenSource(Limit);
            await new SandboxCleanup(log).RunAsync(paths, limit.Token).ConfigureAwait(false);
            ShimAddress.Remove(ShimAddress.InBundle(BundleOf(flags)) ?? ShimAddress.PathFor(flags.Address, flags.Namespace, paths.Id), paths);
        }

        var response = new DeleteResponse { ExitStatus = ProcessExit.Killed, ExitedAt = Timestamp.FromDateTime(DateTime.UtcNow) };
        using Stream output = Console.OpenStandardOutput();
        output.Write(response.ToByteArray());
    }

    private static string BundleOf(ShimFlags flags) => flags.Bundle.Length > 0 ? flags.Bundle : Directory.GetCurrentDirectory();

    /// <summary>
    /// The sandbox by the bundle's annotations; by the records when the bundle is gone or has no config.json, as that of a sandbox
    /// has none which was made by the Sandbox API. Then the name is the sandbox's own.
    /// </summary>
    private static SandboxPaths? FindSandbox(ShimFlags flags, out bool member)
    {
        string root = SandboxPaths.StateRoot;
        string config = Path.Combine(BundleOf(flags), "config.json");
        if (File.Exists(config))
        {
            SandboxGroup group = SandboxGroup.Of(flags.Id, SandboxGroup.ReadAnnotations(config));
            member = group.Role == ContainerRole.Member;
            return new SandboxPaths(group.Sandbox, root);
        }

        SandboxPaths? found = SandboxCleanup.FindByContainer(root, flags.Id);
        member = found is not null && found.Id.Value != flags.Id;
        return found ?? (SandboxId.TryParse(flags.Id, out SandboxId id) ? new SandboxPaths(id, root) : null);
    }
}
