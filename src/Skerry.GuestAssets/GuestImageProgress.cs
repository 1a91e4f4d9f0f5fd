namespace Skerry.GuestAssets;

/// <summary>A step of a build that has just begun, fit to show.</summary>
/// <param name="Step">As in "unpacking the kernel".</param>
/// <param name="Number">Which step it is, from 1.</param>
/// <param name="Count">Out of how many.</param>
public sealed record GuestImageProgress(string Step, int Number, int Count);
