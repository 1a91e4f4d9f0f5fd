namespace Skerry.Agent.Tests.Harness;

/// <summary>A small root file system: busybox, its applets as links, a user database.</summary>
public sealed class Rootfs
{
    public const string BusyboxPath = "/bin/busybox";

    private static readonly string[] s_applets =
    [
        "sh", "echo", "cat", "sleep", "id", "ls", "mount", "ps", "kill", "stat", "test", "mkdir", "hostname", "dd", "yes", "true", "false", "tty", "stty",
        "readlink", "head", "env", "printf", "grep", "seq", "touch", "wc", "setsid", "pwd", "rm", "chmod", "mknod", "awk", "cut", "nproc", "tr", "date",
    ];

    public Rootfs(string path)
    {
        Path = path;
        foreach (string directory in (string[])["bin", "etc", "proc", "sys", "dev", "tmp", "root", "home/web"])
        {
            Directory.CreateDirectory($"{path}/{directory}");
        }

        File.Copy(BusyboxPath, $"{path}/bin/busybox");
        foreach (string applet in s_applets)
        {
            File.CreateSymbolicLink($"{path}/bin/{applet}", "busybox");
        }

        File.WriteAllText($"{path}/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nweb:x:33:44:web:/home/web:/bin/sh\n");
        File.WriteAllText($"{path}/etc/group", "root:x:0:\nwww:x:44:\nlog:x:50:web\n");
    }

    public string Path { get; }
}
