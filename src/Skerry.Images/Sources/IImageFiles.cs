namespace Skerry.Images.Sources;

/// <summary>The files of an image as somebody hands it to us: a directory, or a tar archive.</summary>
internal interface IImageFiles : IDisposable
{
    /// <summary>Opens a file by its relative path; null when there is none.</summary>
    ImageFile? TryOpen(string path);
}
