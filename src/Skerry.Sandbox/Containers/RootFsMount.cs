namespace Skerry.Sandbox;

/// <summary>One mount of a container's root file system, as the manager's snapshotter gives it.</summary>
/// <param name="Type">The file system type, or <c>bind</c>.</param>
/// <param name="Source">The source.</param>
/// <param name="Target">A path below the root; empty for the root itself.</param>
/// <param name="Options">Options in the words of mount(8).</param>
public sealed record RootFsMount(string Type, string Source, string Target, IReadOnlyList<string> Options);
