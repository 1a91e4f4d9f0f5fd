namespace Skerry.GuestAssets.Rootfs;

/// <summary>Puts the agent into a distribution's root file system, as init or as a service of systemd.</summary>
internal static class AgentInstallation
{
    /// <summary>The names are Kata's: a configuration that boots with systemd.unit=kata-containers.target goes on to work.</summary>
    private const string ServiceUnit = "kata-agent.service";
    private const string TargetUnit = "kata-containers.target";
    private const string UnitDirectory = "usr/lib/systemd/system";
    private const UnixFileMode ExecutableMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The agent does not wait for other services; when it ends, so does the guest.</summary>
    private const string ServiceText = """
        [Unit]
        Description=Agent of the sandbox
        DefaultDependencies=no
        After=-.mount
        SuccessAction=poweroff-immediate
        FailureAction=poweroff-immediate

        [Service]
        ExecStart=/usr/bin/kata-agent --service
        StandardOutput=null
        StandardError=null
        Delegate=yes
        KillMode=process
        LimitNOFILE=1048576
        OOMScoreAdjust=-997

        """;

    private const string TargetText = """
        [Unit]
        Description=The sandbox's agent and what runs beside it
        Requires=basic.target
        Wants=kata-agent.service
        AllowIsolate=yes

        """;

    internal static void Install(string root, string agentPath, bool isInit)
    {
        string program = Path.Combine(root, RootfsAgent.ServicePath);
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.Copy(agentPath, program, overwrite: true);
        File.SetUnixFileMode(program, ExecutableMode);
        if (isInit)
        {
            Link(root, RootfsAgent.InitPath, "/" + RootfsAgent.ServicePath);
        }
        else
        {
            InstallUnits(root);
        }

        // Each guest gets an identity of its own, and two builds the same bytes.
        File.WriteAllText(Path.Combine(root, "etc/machine-id"), string.Empty);
        string[] logs = ["var/log/apt/history.log", "var/log/apt/term.log", "var/log/dpkg.log", "var/log/bootstrap.log", "var/log/alternatives.log", "var/cache/ldconfig/aux-cache"];
        foreach (string left in logs.Select(name => Path.Combine(root, name)).Where(File.Exists))
        {
            File.Delete(left);
        }
    }

    private static void InstallUnits(string root)
    {
        string units = Path.Combine(root, UnitDirectory);
        Directory.CreateDirectory(units);
        File.WriteAllText(Path.Combine(units, ServiceUnit), ServiceText);
        File.WriteAllText(Path.Combine(units, TargetUnit), TargetText);
        Link(root, "etc/systemd/system/default.target", $"/{UnitDirectory}/{TargetUnit}");
    }

    private static void Link(string root, string path, string target)
    {
        string link = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }
}
