using System.Globalization;
using System.Text;
using Google.Protobuf;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Bootstrap;

namespace Skerry.Shim;

/// <summary>
/// <c>start</c>: makes the sandbox's socket and the daemon that serves it, and prints the address. A container that joins a
/// living sandbox gets the address of the one that runs. Does nothing else: every millisecond here is part of each container's start.
/// </summary>
internal static class StartCommand
{
    /// <summary>The descriptor under which the daemon finds its listening socket.</summary>
    internal const int SocketDescriptor = 3;

    /// <summary>The descriptor under which the daemon finds the manager's mount namespace.</summary>
    internal const int MountsDescriptor = 4;

    private const int Backlog = 128;
    private const int MostOomScore = 1000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Runs the command in the bundle, which is the working directory.</summary>
    internal static void Run(ShimFlags flags)
    {
        StartInput input = StartInput.Read();
        string bundle = Directory.GetCurrentDirectory();
        SandboxGroup group = SandboxGroup.Of(flags.Id, SandboxGroup.ReadAnnotations(Path.Combine(bundle, "config.json")));
        string path = flags.Socket.Length > 0
            ? ShimAddress.FromUrl(flags.Socket)
            : ShimAddress.PathFor(flags.Address, flags.Namespace, group.Sandbox, input.SocketDirectory);
        if (group.Role != ContainerRole.Member)
        {
            Serve(flags, group.Sandbox, path, input.ConfigPath);
        }

        File.WriteAllText(Path.Combine(bundle, ShimAddress.FileName), ShimAddress.ToUrl(path));
        Answer(input, path);
    }

    private static void Serve(ShimFlags flags, SandboxId sandbox, string path, string? configPath)
    {
        FileDescriptor? listener = Bind(path);
        if (listener is null)
        {
            return;
        }

        using (listener)
        {
            try
            {
                Spawn(flags, sandbox, path, listener, configPath);
            }
            catch
            {
                File.Delete(path);
                throw;
            }
        }
    }

    /// <summary>Binds the socket; null when a living shim serves it already.</summary>
    private static FileDescriptor? Bind(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        }

        try
        {
            return Listen(path);
        }
        catch (SyscallException error) when (error.Errno == Errno.EADDRINUSE)
        {
            if (UnixSockets.Answers(path))
            {
                return null;
            }

            File.Delete(path);
            return Listen(path);
        }
    }

    // A plain descriptor: .NET's socket would remove the path when this process lets go of it.
    private static FileDescriptor Listen(string path)
    {
        FileDescriptor listener = UnixListener.Open(path, Backlog);
        File.SetUnixFileMode(path, OwnerOnly);
        return listener;
    }

    private static void Spawn(ShimFlags flags, SandboxId sandbox, string path, FileDescriptor listener, string? configPath)
    {
        string self = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)?.FullName ?? Environment.ProcessPath!;
        List<string> arguments = [self, "-namespace", flags.Namespace, "-id", sandbox.Value, "-address", flags.Address, "-socket", path];
        if (flags.Debug)
        {
            arguments.Add("-debug");
        }

        if (configPath is not null)
        {
            arguments.AddRange(["-config-path", configPath]);
        }

        using FileDescriptor mounts = Namespaces.Open(Environment.ProcessId, CloneFlags.CLONE_NEWNS);
        using SpawnedProcess daemon = Spawner.Spawn(new SpawnRequest
        {
            Path = self,
            Args = arguments,
            Environment = CurrentEnvironment.Variables(),
            InheritedDescriptors = [(listener, SocketDescriptor), (mounts, MountsDescriptor)],
            Namespaces = CloneFlags.CLONE_NEWNS,
            SlavePropagation = true,
            NewSession = true,
            OomScoreAdj = OomScore(),
            BestEffortLimits = true,
        });
        string bundle = Directory.GetCurrentDirectory();
        File.WriteAllText(Path.Combine(bundle, "shim.pid"), daemon.Pid.ToString(CultureInfo.InvariantCulture));
    }

    // One more than the manager's, as runc's shim has it: when memory runs out, the manager goes last.
    private static int? OomScore()
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{CurrentProcess.ParentId}/oom_score_adj");
        return File.Exists(path) && int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out int score) ? Math.Min(score + 1, MostOomScore) : null;
    }

    private static void Answer(StartInput input, string path)
    {
        byte[] answer = !input.IsBootstrap
            ? Encoding.UTF8.GetBytes(ShimAddress.ToUrl(path))
            : new BootstrapResult { Version = 3, Address = ShimAddress.ToUrl(path), Protocol = "ttrpc" }.ToByteArray();
        using Stream output = Console.OpenStandardOutput();
        output.Write(answer);
    }
}
