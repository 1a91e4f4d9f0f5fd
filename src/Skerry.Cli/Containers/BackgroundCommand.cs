using Skerry.Linux;

namespace Skerry.Cli.Containers;

/// <summary>Starts this program once more, in a session of its own, for work that outlives the command.</summary>
internal static class BackgroundCommand
{
    public static void Start(CliHost host, IReadOnlyList<string> arguments)
    {
        string program = Path.Combine(CliHost.BinDirectory, "skerry");
        using SpawnedProcess process = Spawner.Spawn(new SpawnRequest
        {
            Path = program,
            Args = [program, .. arguments],
            Environment = HostEnvironment.With(("SKERRY_STATE_DIR", host.StateDirectory), ("SKERRY_DATA_DIR", host.DataDirectory)),
            WorkingDirectory = "/",
            NewSession = true,
        });
    }
}
