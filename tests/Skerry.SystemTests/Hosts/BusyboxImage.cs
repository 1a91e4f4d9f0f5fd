namespace Skerry.SystemTests.Hosts;

/// <summary>An OCI layout of Debian's busybox-static, made once per test run with umoci.</summary>
public static class BusyboxImage
{
    /// <summary>The name the image has in managers that need one.</summary>
    public const string Name = "docker.io/library/busybox:test";

    /// <summary>The name under which it stands in for the image of a pod's own container; its command waits.</summary>
    public const string PauseName = "docker.io/library/pause:test";

    private static readonly Lazy<Task<string>> Made = new(MakeAsync);
    private static readonly Lazy<Task<string>> Pause = new(MakePauseAsync);

    /// <summary>The directory of the layout; its tag is <c>test</c>.</summary>
    public static Task<string> LayoutAsync() => Made.Value;

    /// <summary>The layout as a tar archive, for <c>ctr image import</c>.</summary>
    public static async Task<string> ArchiveAsync()
    {
        string layout = await LayoutAsync();
        string archive = layout + ".tar";
        if (!File.Exists(archive))
        {
            (await Tool.RunAsync("tar", ["-C", layout, "-cf", archive + ".new", "."])).Ok();
            File.Move(archive + ".new", archive, overwrite: true);
        }

        return archive;
    }

    /// <summary>An archive of the image a pod's own container has: the same files, a command that does nothing.</summary>
    public static Task<string> PauseArchiveAsync() => Pause.Value;

    private static async Task<string> MakePauseAsync()
    {
        string layout = await LayoutAsync();
        string copy = layout + "-pause";
        (await Tool.RunAsync("skopeo", ["copy", "-q", "--insecure-policy", $"oci:{layout}:{Name}", $"oci:{copy}:pause"])).Ok();
        (await Tool.RunAsync("umoci", ["config", "--image", copy + ":pause", "--config.cmd", "sleep", "--config.cmd", "1000000000"])).Ok();
        (await Tool.RunAsync("skopeo", ["copy", "-q", "--insecure-policy", $"oci:{copy}:pause", $"oci-archive:{copy}.tar:{PauseName}"])).Ok();
        return copy + ".tar";
    }

    private static async Task<string> MakeAsync()
    {
        string directory = Directory.CreateTempSubdirectory("skerry-image-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        string layout = Path.Combine(directory, "busybox");
        string root = Path.Combine(directory, "root");
        foreach (string name in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "root", "home"])
        {
            Directory.CreateDirectory(Path.Combine(root, name));
        }

        File.SetUnixFileMode(Path.Combine(root, "tmp"), (UnixFileMode)0x3ff);
        File.Copy("/bin/busybox", Path.Combine(root, "bin", "busybox"));
        (await Tool.RunAsync("/bin/busybox", ["--install", "-s", Path.Combine(root, "bin")])).Ok();
        foreach (string link in Directory.EnumerateFiles(Path.Combine(root, "bin")).Where(path => !path.EndsWith("/busybox", StringComparison.Ordinal)))
        {
            File.Delete(link);
            File.CreateSymbolicLink(link, "/bin/busybox");
        }

        await File.WriteAllTextAsync(Path.Combine(root, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home:/bin/sh\n");
        await File.WriteAllTextAsync(Path.Combine(root, "etc", "group"), "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n");
        await File.WriteAllTextAsync(Path.Combine(root, "bin", "not-executable"), "just text\n");
        File.SetUnixFileMode(Path.Combine(root, "bin", "not-executable"), UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await File.WriteAllTextAsync(Path.Combine(root, "bin", "no-program"), "just text\n");
        File.SetUnixFileMode(Path.Combine(root, "bin", "no-program"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        (await Tool.RunAsync("umoci", ["init", "--layout", layout])).Ok();
        (await Tool.RunAsync("umoci", ["new", "--image", layout + ":test"])).Ok();
        (await Tool.RunAsync("umoci", ["insert", "--image", layout + ":test", root, "/"])).Ok();
        (await Tool.RunAsync("umoci", ["config", "--image", layout + ":test", "--config.cmd", "sh", "--config.env", "PATH=/bin"])).Ok();
        (await Tool.RunAsync("skopeo", ["copy", "-q", "--insecure-policy", "oci:" + layout + ":test", "oci:" + layout + "-named:" + Name])).Ok();
        Directory.Delete(layout, recursive: true);
        Directory.Move(layout + "-named", layout);
        return layout;
    }
}
