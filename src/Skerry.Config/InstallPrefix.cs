namespace Skerry.Config;

/// <summary>The directory Skerry is installed under: programs in <c>bin/</c>, guest assets in <c>share/skerry/</c>.</summary>
public sealed record InstallPrefix
{
    /// <summary>Names a prefix; a relative path is taken from the working directory.</summary>
    public InstallPrefix(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>The prefix of the running program: the parent of the directory its executable is in, as /proc/self/exe says.</summary>
    public static InstallPrefix OfThisProgram()
    {
        string program = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)?.FullName ?? AppContext.BaseDirectory;
        return new InstallPrefix(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(program) ?? "/", ".."));
    }

    /// <summary>A path below the prefix; an absolute <paramref name="path"/> is returned as it is.</summary>
    public string Resolve(string path) => System.IO.Path.Combine(Path, path);

    /// <summary>The first of <paramref name="paths"/> (resolved) that exists, or the first of all so that an error can name it.</summary>
    internal string FirstExistingOrFirst(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
        {
            if (File.Exists(Resolve(path)))
            {
                return Resolve(path);
            }
        }

        return Resolve(paths[0]);
    }
}
