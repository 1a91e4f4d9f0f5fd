namespace Skerry.Agent.Containers;

/// <summary>The hooks of one container.</summary>
/// <param name="Prestart">Run when it is made and its program does not run yet; a failure fails the creation.</param>
/// <param name="Poststart">Run when its program runs; a failure is logged.</param>
/// <param name="Poststop">Run when it is removed; a failure is logged.</param>
internal sealed record ContainerHooks(IReadOnlyList<GuestHook> Prestart, IReadOnlyList<GuestHook> Poststart, IReadOnlyList<GuestHook> Poststop)
{
    /// <summary>No hooks, which is usual.</summary>
    public static ContainerHooks None { get; } = new([], [], []);
}
