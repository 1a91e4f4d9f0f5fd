namespace Skerry.Images;

/// <summary>How far the work on an image has come, for progress bars.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Subject">To what: a registry's name, or a layer's digest.</param>
/// <param name="LayerIndex">Which layer, from 0.</param>
/// <param name="LayerCount">How many layers the image has.</param>
/// <param name="DoneBytes">Bytes of the layer's blob read so far.</param>
/// <param name="TotalBytes">Bytes in all, or -1 when unknown.</param>
public readonly record struct ImageProgress(ImageStage Stage, string Subject, int LayerIndex, int LayerCount, long DoneBytes, long TotalBytes);
