using Skerry.Core;
using Skerry.Oci;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <content>Limits of containers, and the size of the machine that follows from them.</content>
public sealed partial class SandboxDriver
{
    /// <summary>Changes a container's limits in the guest, in a machine that was made to fit them.</summary>
    /// <exception cref="SkerryException">ResourceExhausted and others when the machine cannot be made to fit: the limits stay as they were then.</exception>
    public async Task UpdateAsync(ContainerId id, OciResources resources, CancellationToken cancellationToken)
    {
        (Container container, SandboxGuest guest) = await OnDriverAsync(() =>
        {
            Container found = FindContainer(id);
            return found.Init.State is ProcessState.Created or ProcessState.Running or ProcessState.Paused ? (found, RequireGuest()) : throw found.Init.WrongState("update");
        }).ConfigureAwait(false);
        OciResources? before = container.Resources;
        await FitAsync(guest, container, ContainerDemand.Merge(before, resources), cancellationToken).ConfigureAwait(false);
        var request = new UpdateContainerRequest { ContainerId = id.Value, Resources = GuestSpec.RewriteResources(resources, []) };
        try
        {
            await guest.Agent.UpdateAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await OnDriverAsync(() =>
            {
                container.Resources = before;
                FitToTheRest();
            }).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes the machine fit its containers, <paramref name="container"/> with <paramref name="resources"/> among them.</summary>
    private Task FitAsync(SandboxGuest guest, Container container, OciResources? resources, CancellationToken cancellationToken) => guest.Resources.FitAsync(
        () => OnDriverAsync(() => Demands(container, resources)),
        terms => OnDriverAsync(() =>
        {
            container.Resources = resources;
            container.Admitted = true;
            SaveSize(terms);
        }),
        cancellationToken);

    /// <summary>Runs on the driver, when a container has ended or could not be made: what it no longer needs may be given back.</summary>
    private void FitToTheRest()
    {
        if (_state == SandboxState.Ready && _launch is { Guest.IsCompletedSuccessfully: true } launch && launch.Guest.Result.Resources.FollowsContainers)
        {
            Track(FitToTheRestAsync(launch.Guest.Result));
        }
    }

    private async Task FitToTheRestAsync(SandboxGuest guest)
    {
        try
        {
            await guest.Resources.FitAsync(
                () => OnDriverAsync(() => Demands(null, null)), terms => OnDriverAsync(() => SaveSize(terms)), _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SkerryException or OperationCanceledException or ObjectDisposedException)
        {
            Log.StepFailed(_log, Paths.Id.Value, "fit the machine to what remains", ErrorReport.OneLine(error));
        }
    }

    /// <summary>What living containers may use; one whose creation is not that far yet is not counted, lest its failure become another's.</summary>
    private IReadOnlyList<ContainerDemand> Demands(Container? joining, OciResources? resources) =>
    [
        .. _containers.Values
            .Where(each => each == joining || (each.Admitted && each.Init.State is not (ProcessState.Stopped or ProcessState.Deleted)))
            .Select(each => new ContainerDemand(each.Id, each == joining ? resources : each.Resources)),
    ];

    private void SaveSize(IReadOnlyList<SizeTerm>? terms)
    {
        if (terms is not null)
        {
            SaveRecord(record => record with { Size = terms });
        }
    }
}
