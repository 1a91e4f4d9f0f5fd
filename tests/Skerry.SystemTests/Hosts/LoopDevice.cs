using System.Text;

namespace Skerry.SystemTests.Hosts;

/// <summary>A block device of the host: a file in a temporary directory, bound to a loop device. Disposal unbinds it, which proves that nobody holds it.</summary>
public sealed class LoopDevice : IAsyncDisposable
{
    private readonly string _directory;
    private bool _bound = true;

    private LoopDevice(string directory, string path)
    {
        _directory = directory;
        Path = path;
    }

    /// <summary>Its device file.</summary>
    public string Path { get; }

    /// <summary>The file.</summary>
    public string Image => System.IO.Path.Combine(_directory, "disk.img");

    /// <summary>Binds a file of 16 MiB that begins with <paramref name="content"/>; skips the test where loop devices cannot be had.</summary>
    public static Task<LoopDevice> CreateAsync(string content, params string[] flags) =>
        CreateAsync(image => File.WriteAllTextAsync(image, content), flags);

    /// <summary>As above, with a file that <paramref name="fill"/> has made.</summary>
    public static async Task<LoopDevice> CreateAsync(Func<string, Task> fill, params string[] flags)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control"), "needs root and loop devices");
        string directory = Directory.CreateTempSubdirectory("sky-disk-").FullName;
        string image = System.IO.Path.Combine(directory, "disk.img");
        await fill(image);
        await using (FileStream file = File.Open(image, FileMode.OpenOrCreate))
        {
            file.SetLength(Math.Max(file.Length, 16 << 20));
        }

        ToolResult bound = await Tool.RunAsync("losetup", ["-f", "--show", .. flags, image]);
        return new LoopDevice(directory, bound.Ok().Output.Trim());
    }

    /// <summary>What the file holds at <paramref name="offset"/>.</summary>
    public async Task<string> ReadAsync(long offset, int count)
    {
        (await Tool.RunAsync("sync", [Path])).Ok();
        await using FileStream file = File.OpenRead(Image);
        file.Position = offset;
        var bytes = new byte[count];
        await file.ReadExactlyAsync(bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    /// <summary>Asserts that nothing has it open any more: an unbound device that somebody holds stays bound until he lets go.</summary>
    public async Task UnbindAsync()
    {
        _bound = false;
        (await Tool.RunAsync("losetup", ["-d", Path])).Ok();
        await Eventually.TrueAsync(async () => (await Tool.RunAsync("losetup", ["-j", Image])).Output.Length == 0, $"{Path} is unbound: nobody holds it");
    }

    public async ValueTask DisposeAsync()
    {
        if (_bound)
        {
            await UnbindAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }
}
