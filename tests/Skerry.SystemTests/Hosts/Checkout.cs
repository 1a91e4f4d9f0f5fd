namespace Skerry.SystemTests.Hosts;

/// <summary>Where the programs and guest assets under test are: <c>out/</c> of this checkout, made by <c>make image</c>.</summary>
public static partial class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string BinDirectory => Path.Combine(Root, "out", "bin");

    public static string ShareDirectory => Path.Combine(Root, "out", "share", "skerry");

    public static string Skerry => Path.Combine(BinDirectory, "skerry");

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Skerry.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no Skerry.slnx above {AppContext.BaseDirectory}");
    }
}
