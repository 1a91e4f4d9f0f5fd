namespace Skerry.Images;

/// <summary>What is being done with an image.</summary>
public enum ImageStage
{
    /// <summary>Fetching it from a registry.</summary>
    Pulling,

    /// <summary>Reading a layer and unpacking it.</summary>
    Unpacking,

    /// <summary>A layer is in the store already.</summary>
    Cached,
}
