using Skerry.Core;

namespace Skerry.Images.Sources;

/// <summary>An image that lies in a directory.</summary>
internal sealed class DirectoryFiles : IImageFiles
{
    private readonly string _directory;

    /// <exception cref="ImageException">NotFound when there is no such directory.</exception>
    internal DirectoryFiles(string directory)
    {
        _directory = Path.GetFullPath(directory);
        if (!Directory.Exists(_directory))
        {
            throw new ImageException(FailureKind.NotFound, $"cannot open the image directory \"{directory}\": it does not exist");
        }
    }

    /// <inheritdoc/>
    public ImageFile? TryOpen(string path)
    {
        string full = Path.Combine(_directory, path);
        if (!File.Exists(full))
        {
            return null;
        }

        var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return new ImageFile(file, file.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
