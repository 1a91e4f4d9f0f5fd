namespace Skerry.Images.Tar;

/// <summary>A stretch of a sparse file that has content; what lies between stretches is a hole.</summary>
/// <param name="Offset">Where it starts in the file, in bytes.</param>
/// <param name="Length">How many bytes it has.</param>
internal readonly record struct SparseChunk(long Offset, long Length);
