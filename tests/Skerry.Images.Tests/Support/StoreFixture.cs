using Skerry.Core;

namespace Skerry.Images.Tests.Support;

/// <summary>A store of its own in a temporary directory.</summary>
public abstract class StoreFixture : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected StoreFixture()
    {
        Root.Require();
        Store = new ImageStore(Directory["data"]);
    }

    internal TemporaryDirectory Directory => _directory;

    internal ImageStore Store { get; }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal string LayersDirectory => Directory["data/images/layers"];

    internal string TemporaryFiles => Directory["data/images/tmp"];

    internal Layout NewLayout(string name = "layout") => new(Directory[name]);

    internal Task<StoredImage> ResolveAsync(string reference, string? container = null) =>
        Store.ResolveAsync(reference, container is null ? null : ContainerId.Parse(container), null, Cancel);

    /// <summary>The whole chain of an expected error, as one line.</summary>
    internal async Task<string> FailureAsync(string reference)
    {
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => ResolveAsync(reference));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(LayersDirectory));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(TemporaryFiles));
        return ErrorReport.OneLine(error);
    }

    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
