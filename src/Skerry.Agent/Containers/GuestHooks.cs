using System.Globalization;
using System.Text;
using Skerry.Agent.Console;
using Skerry.Agent.Processes;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Containers;

/// <summary>
/// Programs of the guest image that run around every container: the executable files of <c>prestart</c>, <c>poststart</c> and
/// <c>poststop</c> below the sandbox's hook directory, by name, then those of the container's own spec.
/// </summary>
/// <remarks>They run as the agent does, outside the container, and read the container's state on standard input. runtime-spec 1.2, "Hooks".</remarks>
internal sealed class GuestHooks(IExitSource exits, AgentLogger logger)
{
    private const int MaxErrorBytes = 4096;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromSeconds(30);

    private ContainerHooks _ofSandbox = ContainerHooks.None;

    /// <summary>Takes note of the hooks of a directory of the guest; "" for none.</summary>
    /// <exception cref="SkerryException">NotFound when the directory is missing.</exception>
    public void Scan(string directory)
    {
        if (directory.Length == 0)
        {
            return;
        }

        if (!Directory.Exists(directory))
        {
            throw new SkerryException(FailureKind.NotFound, $"the guest has no directory \"{directory}\" for hooks", "correct guest_hook_path, or add the directory to the guest image");
        }

        _ofSandbox = new ContainerHooks(Find($"{directory}/prestart"), Find($"{directory}/poststart"), Find($"{directory}/poststop"));
    }

    /// <summary>The hooks of a container: the sandbox's and those of its spec, but for <see cref="StartHooks"/>.</summary>
    /// <exception cref="SkerryException">Unimplemented for <c>createContainer</c>: its programs are the host's.</exception>
    public ContainerHooks For(Spec spec)
    {
        if (spec.Hooks is not { } own)
        {
            return _ofSandbox;
        }

        if (own.CreateContainer.Count > 0)
        {
            throw new SkerryException(FailureKind.Unimplemented, "createContainer hooks are the host's to run, and reached the guest");
        }

        return new ContainerHooks(
            [.. _ofSandbox.Prestart, .. From(own.Prestart), .. From(own.CreateRuntime)],
            [.. _ofSandbox.Poststart, .. From(own.Poststart)],
            [.. _ofSandbox.Poststop, .. From(own.Poststop)]);
    }

    /// <summary>Runs hooks one after the other; the first failure ends it.</summary>
    /// <exception cref="SkerryException">A hook could not be run, ended with another code than 0, or took too long.</exception>
    public async Task RunAsync(IReadOnlyList<GuestHook> hooks, string containerId, string status, int pid, Spec spec, string bundle)
    {
        if (hooks.Count == 0)
        {
            return;
        }

        byte[] state = State(containerId, status, pid, spec, bundle);
        foreach (GuestHook hook in hooks)
        {
            await RunAsync(hook, state).ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="RunAsync(IReadOnlyList{GuestHook}, string, string, int, Spec, string)"/>, but a failure is only logged.</summary>
    public async Task TryRunAsync(IReadOnlyList<GuestHook> hooks, string containerId, string status, int pid, Spec spec, string bundle)
    {
        try
        {
            await RunAsync(hooks, containerId, status, pid, spec, bundle).ConfigureAwait(false);
        }
        catch (SkerryException error)
        {
            Log.CleanupFailed(logger, "run the hooks", containerId, error);
        }
    }

    private static GuestHook[] Find(string directory) => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)
            .Where(file => (File.GetUnixFileMode(file) & Executable) != 0)
            .Select(file => new GuestHook(file, [file], [$"PATH={EnvironmentBlock.DefaultPath}"], s_defaultLimit)),
    ];

    private static IEnumerable<GuestHook> From(IEnumerable<Hook> hooks) => hooks.Select(hook => new GuestHook(
        hook.Path, hook.Args.Count > 0 ? [.. hook.Args] : [hook.Path], [.. hook.Env], hook.Timeout > 0 ? TimeSpan.FromSeconds(hook.Timeout) : s_defaultLimit));

    private async Task RunAsync(GuestHook hook, byte[] state)
    {
        using MemFd input = MemFd.Create("hook-state");
        RootedFiles.WriteAt(input, state, 0);
        using MemFd errors = MemFd.Create("hook-errors");
        var request = new SpawnRequest
        {
            Path = hook.Path,
            Args = hook.Args,
            Environment = hook.Environment,
            WorkingDirectory = "/",
            Stdin = input,
            Stderr = errors,
            NewSession = true,
        };
        using SpawnedProcess process = await Spawner.SpawnAsync(request, exits).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(hook.Limit);
        try
        {
            ExitStatus status = await process.WaitAsync(limit.Token).ConfigureAwait(false);
            if (status.ShellCode != 0)
            {
                throw new SkerryException(FailureKind.GuestFailed, $"hook \"{hook.Path}\" of the guest: {status}{Words(errors)}");
            }
        }
        catch (OperationCanceledException)
        {
            process.PidFd.SendSignal(Signals.SIGKILL);
            throw new SkerryException(FailureKind.TimedOut, $"hook \"{hook.Path}\" of the guest has not ended after {hook.Limit.TotalSeconds:0} s");
        }
    }

    private static string Words(MemFd errors)
    {
        using FileDescriptor again = FileDescriptor.Open(errors.ProcPath, OpenFlags.O_RDONLY);
        byte[] buffer = new byte[MaxErrorBytes];
        string text = Encoding.UTF8.GetString(buffer, 0, again.Read(buffer)).Trim();
        return text.Length == 0 ? string.Empty : $", saying: {text}";
    }

    /// <summary>The state of a container as the runtime spec has it.</summary>
    private static byte[] State(string id, string status, int pid, Spec spec, string bundle)
    {
        StringBuilder text = new StringBuilder("{\"ociVersion\":").AppendJsonString(spec.Version)
            .Append(",\"id\":").AppendJsonString(id)
            .Append(",\"status\":").AppendJsonString(status)
            .Append(CultureInfo.InvariantCulture, $",\"pid\":{pid},\"bundle\":").AppendJsonString(bundle)
            .Append(",\"annotations\":{");
        string comma = string.Empty;
        foreach ((string name, string value) in spec.Annotations)
        {
            text.Append(comma).AppendJsonString(name).Append(':').AppendJsonString(value);
            comma = ",";
        }

        return Encoding.UTF8.GetBytes(text.Append("}}").ToString());
    }
}
