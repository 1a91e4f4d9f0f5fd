namespace Skerry.Images.Unpacking;

/// <summary>What unpacking a layer found out about it.</summary>
/// <param name="Entries">How many entries the archive had.</param>
/// <param name="OpaqueRoot">True when nothing of the layers below shows anywhere.</param>
/// <param name="ImpliedDirectories">Directories that no entry describes: their owner and mode should be those of the layers below.</param>
internal sealed record UnpackedLayer(int Entries, bool OpaqueRoot, IReadOnlyList<string> ImpliedDirectories);
