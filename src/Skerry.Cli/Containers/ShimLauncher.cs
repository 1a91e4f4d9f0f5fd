using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Cli.Containers;

/// <summary>Starts a shim the way containerd does: <c>containerd-shim-skerry-v2 … start</c> in the bundle, whose answer is its address.</summary>
internal static class ShimLauncher
{
    /// <summary>The shim's namespace for containers of the command line.</summary>
    public const string Namespace = "skerry";

    private const string Program = "containerd-shim-skerry-v2";
    private const int LongestAnswer = 4096;

    /// <summary>Starts the shim of a container and returns its socket's address.</summary>
    /// <exception cref="SkerryException">HostDenied when the program is missing; Unavailable with its words when it fails.</exception>
    public static Task<string> StartAsync(CliHost host, ContainerId id, string bundle, CancellationToken cancellationToken) =>
        RunAsync(host, id, bundle, ["start"], cancellationToken);

    /// <summary>Runs the shim's <c>delete</c>, which cleans up after a shim that is gone.</summary>
    public static Task DeleteAsync(CliHost host, ContainerId id, string bundle, CancellationToken cancellationToken) =>
        RunAsync(host, id, bundle, ["-bundle", bundle, "delete"], cancellationToken);

    private static async Task<string> RunAsync(
        CliHost host, ContainerId id, string bundle, string[] action, CancellationToken cancellationToken)
    {
        string program = Path.Combine(CliHost.BinDirectory, Program);
        if (!File.Exists(program))
        {
            throw new SkerryException(FailureKind.HostDenied, $"the shim {program} is missing", "install it beside skerry: make install");
        }

        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        using var output = new FdStream(read);
        using SpawnedProcess shim = Spawner.Spawn(new SpawnRequest
        {
            Path = program,
            Args = [program, "-namespace", Namespace, "-address", string.Empty, "-id", id.Value, .. action],
            Environment = HostEnvironment.With(("SKERRY_STATE_DIR", host.StateDirectory)),
            WorkingDirectory = Directory.Exists(bundle) ? bundle : "/",
            Stdout = write,
            Stderr = write,
        });
        write.Dispose();
        string answer = await ReadAsync(output, cancellationToken);
        ExitStatus status = await shim.WaitAsync(cancellationToken);
        return status.Code == 0
            ? answer.Trim()
            : throw new SkerryException(FailureKind.Unavailable, $"the shim of container \"{id}\" failed in {action[^1]}: {answer.Trim()}");
    }

    private static async Task<string> ReadAsync(FdStream output, CancellationToken cancellationToken)
    {
        var text = new byte[LongestAnswer];
        int length = 0;
        while (length < text.Length)
        {
            int count = await output.ReadAsync(text.AsMemory(length), cancellationToken);
            if (count == 0)
            {
                break;
            }

            length += count;
        }

        return System.Text.Encoding.UTF8.GetString(text, 0, length);
    }
}
