namespace Skerry.Sandbox;

/// <summary>A container of a sandbox, as far as a clean-up needs it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bundle">Its bundle.</param>
public sealed record ContainerRecord(string Id, string Bundle);
