using System.Text;

namespace Skerry.Linux.Tests;

/// <summary>Runs busybox, on this machine or in a root made of nothing else.</summary>
internal static class Busybox
{
    internal const string Program = "/bin/busybox";

    internal const CloneFlags ContainerNamespaces = CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWUTS | CloneFlags.CLONE_NEWIPC;

    internal static void Require()
    {
        Root.Require();
        Assert.SkipUnless(File.Exists(Program), "needs busybox-static");
    }

    /// <summary>Makes a root directory with /bin/busybox and a link for every applet a test uses.</summary>
    internal static string MakeRoot(TemporaryDirectory directory)
    {
        string root = directory["rootfs"];
        foreach (string name in (string[])["bin", "etc", "tmp", "home"])
        {
            Directory.CreateDirectory(Path.Combine(root, name));
        }

        File.Copy(Program, Path.Combine(root, "bin/busybox"));
        foreach (string applet in (string[])["sh", "ls", "cat", "id", "mkdir", "sleep", "true", "hostname", "tty", "readlink", "grep", "stat"])
        {
            File.CreateSymbolicLink(Path.Combine(root, "bin", applet), "busybox");
        }

        return root;
    }

    /// <summary>A shell command on this machine.</summary>
    internal static SpawnRequest Shell(string script) => new()
    {
        Path = Program,
        Args = ["sh", "-c", script],
        Environment = ["PATH=/bin:/usr/bin"],
    };

    /// <summary>A shell command in namespaces and a root of its own, with the mounts every container has.</summary>
    internal static SpawnRequest Container(string root, string script) => new()
    {
        Path = "sh",
        Args = ["sh", "-c", script],
        Environment = ["PATH=/bin"],
        Namespaces = ContainerNamespaces,
        RootSwitch = new RootSwitch(root),
        WorkingDirectory = "/",
        NewSession = true,
        MountSteps =
        [
            MountStep.Mount("proc", "/proc", "proc", MountFlags.MS_NOSUID | MountFlags.MS_NODEV | MountFlags.MS_NOEXEC),
            MountStep.Mount("tmpfs", "/dev", "tmpfs", MountFlags.MS_NOSUID, "mode=755,size=64k"),
            MountStep.Mount("devpts", "/dev/pts", "devpts", MountFlags.MS_NOSUID | MountFlags.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"),
            MountStep.Symlink("/dev/ptmx", "pts/ptmx"),
            MountStep.Device("/dev/null", FileModes.S_IFCHR, 1, 3),
        ],
    };

    /// <summary>Runs to the end and returns what was written to stdout and stderr together.</summary>
    internal static async Task<(ExitStatus Status, string Output)> RunAsync(SpawnRequest request)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        await using var output = new FdStream(read);
        SpawnedProcess process;
        using (write)
        {
            process = Spawner.Spawn(request with { Stdout = write, Stderr = write });
        }

        using (process)
        {
            string text = await new StreamReader(output, Encoding.UTF8).ReadToEndAsync(cancellationToken);
            return (await process.WaitAsync(cancellationToken), text);
        }
    }

    /// <summary>Runs a command that must succeed, and returns its output.</summary>
    internal static async Task<string> OutputAsync(SpawnRequest request)
    {
        (ExitStatus status, string output) = await RunAsync(request);
        Assert.True(status.Code == 0, $"{status}: {output}");
        return output;
    }
}
