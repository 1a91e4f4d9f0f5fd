namespace Skerry.GuestAssets.Rootfs;

/// <summary>The smallest root file system a guest boots from: the agent as init, and the directories it mounts over.</summary>
public static class TinyRootfs
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes it at <paramref name="directory"/>, which is made when missing.</summary>
    /// <exception cref="GuestAssetException">The agent is missing or no program.</exception>
    public static void Create(string directory, string agentPath)
    {
        byte[] agent = GuestImageBuilder.ReadAgent(agentPath);
        string[] directories = ["dev", "etc", "proc", "root", "run", "sbin", "sys", "tmp", "usr", "usr/bin", "var"];
        foreach (string path in directories.Select(name => Path.Combine(directory, name)).Prepend(directory))
        {
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, Everybody);
        }

        string program = Path.Combine(directory, RootfsAgent.ServicePath);
        File.WriteAllBytes(program, agent);
        File.SetUnixFileMode(program, Everybody);
        string init = Path.Combine(directory, RootfsAgent.InitPath);
        File.Delete(init);
        File.CreateSymbolicLink(init, "/" + RootfsAgent.ServicePath);
    }
}
