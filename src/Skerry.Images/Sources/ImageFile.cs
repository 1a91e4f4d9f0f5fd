namespace Skerry.Images.Sources;

/// <summary>A file of an image, opened.</summary>
/// <param name="Content">Its content; the caller disposes it.</param>
/// <param name="SizeBytes">Its size.</param>
internal sealed record ImageFile(Stream Content, long SizeBytes);
