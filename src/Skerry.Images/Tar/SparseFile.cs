namespace Skerry.Images.Tar;

/// <summary>What an entry says about a sparse file.</summary>
/// <param name="Name">The file's name where the format hides it from the header, or null.</param>
/// <param name="SizeBytes">Size of the file, holes included.</param>
/// <param name="Chunks">The stretches that have content, in order.</param>
internal sealed record SparseFile(byte[]? Name, long SizeBytes, IReadOnlyList<SparseChunk> Chunks);
