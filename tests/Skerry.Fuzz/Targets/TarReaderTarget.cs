using Skerry.Images;
using Skerry.Images.Tar;
using Skerry.Images.Unpacking;

namespace Skerry.Fuzz.Targets;

/// <summary>A layer's archive, read to its end; names that are let through stay inside the layer.</summary>
internal sealed class TarReaderTarget : IFuzzTarget
{
    public string Name => "tar-reader";

    public IReadOnlyList<byte[]> Seeds => TarSeeds.All;

    public IReadOnlyList<byte[]> Words => TarSeeds.Words;

    public int MaxInputBytes => 16 * 1024;

    public void Run(byte[] input)
    {
        var reader = new TarReader(new MemoryStream(TarSeeds.WithChecksums(input)), TarLimits.Default);
        byte[] buffer = new byte[300];
        for (TarEntry? entry = reader.Next(); entry is not null; entry = reader.Next())
        {
            string path = LayerPath.OfEntry(entry.Name).ToString();
            if (path.StartsWith('/') || path.Split('/').Contains(".."))
            {
                throw new InvalidOperationException($"\"{path}\" was let through");
            }

            while (reader.ReadData(buffer) > 0)
            {
            }
        }

        reader.Drain();
    }

    public bool IsExpected(Exception error) => error is ImageException;
}
