namespace Skerry.Images.Sources;

/// <summary>One image of a docker-archive's manifest.json.</summary>
internal sealed record DockerArchiveImage
{
    /// <summary>Where the configuration is.</summary>
    public string Config { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The names of the image.</summary>
    public IReadOnlyList<string> RepoTags { get; init => field = [.. (value ?? []).Where(text => text is not null)]; } = [];

    /// <summary>Where the layers are, lowest first.</summary>
    public IReadOnlyList<string> Layers { get; init => field = [.. (value ?? []).Where(text => text is not null)]; } = [];
}
