using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// When which hooks of a container run. The namespaces of a container are in the guest, so the hooks of the runtime's namespaces
/// run here, and <c>startContainer</c>, the only list whose programs are the container's own, in the guest. The programs of
/// <c>createContainer</c> are the host's: they run here too, with the root file system mounted.
/// </summary>
internal static class ContainerHooks
{
    /// <summary>After the machine is there, before the container is made in it.</summary>
    internal static async Task CreatingAsync(Container container, int processId, CancellationToken cancellationToken)
    {
        if (container.Spec.Hooks is { } hooks)
        {
            OciState state = StateOf(container, "creating", processId);
            await HookRunner.RunAsync("prestart", hooks.Prestart, state, cancellationToken).ConfigureAwait(false);
            await HookRunner.RunAsync("createRuntime", hooks.CreateRuntime, state, cancellationToken).ConfigureAwait(false);
            await HookRunner.RunAsync("createContainer", hooks.CreateContainer, state, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>After the program runs.</summary>
    internal static Task StartedAsync(Container container, int processId, CancellationToken cancellationToken) =>
        container.Spec.Hooks is { Poststart.Count: > 0 } hooks
            ? HookRunner.RunAsync("poststart", hooks.Poststart, StateOf(container, "running", processId), cancellationToken)
            : Task.CompletedTask;

    /// <summary>After the container was deleted: every one runs, whatever becomes of the others.</summary>
    /// <returns>What failed.</returns>
    internal static async Task<IReadOnlyList<Exception>> StoppedAsync(Container container, CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        foreach (OciHook hook in container.Spec.Hooks?.Poststop ?? [])
        {
            try
            {
                await HookRunner.RunAsync("poststop", [hook], StateOf(container, "stopped", null), cancellationToken).ConfigureAwait(false);
            }
            catch (Core.SkerryException error)
            {
                failures.Add(error);
            }
        }

        return failures;
    }

    private static OciState StateOf(Container container, string status, int? processId) => new()
    {
        OciVersion = container.Spec.OciVersion,
        Id = container.Id.Value,
        Status = status,
        Pid = processId,
        Bundle = container.Config.Bundle,
        Annotations = container.Spec.Annotations,
    };
}
