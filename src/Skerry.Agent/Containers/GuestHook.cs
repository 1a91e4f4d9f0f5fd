namespace Skerry.Agent.Containers;

/// <summary>A program to run at a point of a container's life.</summary>
/// <param name="Path">The program, in the guest.</param>
/// <param name="Args">Its arguments, its name first.</param>
/// <param name="Environment">Its environment.</param>
/// <param name="Limit">How long it may take.</param>
internal sealed record GuestHook(string Path, IReadOnlyList<string> Args, IReadOnlyList<string> Environment, TimeSpan Limit);
