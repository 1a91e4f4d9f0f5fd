namespace Skerry.Hypervisor.Tests;

/// <summary>A directory of a test's own, gone with it; its path is short enough for unix sockets.</summary>
public sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("skerry-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
