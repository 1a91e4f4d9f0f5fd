using Skerry.Linux;

namespace Skerry.Agent.Processes;

/// <summary>Holds the init of a container back, everything prepared, until the host says start.</summary>
internal sealed class StartGate(FileDescriptor writer, SpawnedProcess process, SpawnRequest request) : IDisposable
{
    /// <summary>Lets the init run its program, and waits until it does.</summary>
    /// <exception cref="Core.SkerryException">execve refused the program.</exception>
    public async Task OpenAsync()
    {
        if (writer.TryWrite([1], out _) != 1)
        {
            // The init was killed while it waited: its exit says so.
            return;
        }

        writer.Dispose();
        if (await process.ExecResult.ConfigureAwait(false) is { } failure)
        {
            throw StartErrors.Translate(request.Path, request.WorkingDirectory, failure);
        }
    }

    /// <summary>Closes the gate for good: an init that still waits exits.</summary>
    public void Dispose() => writer.Dispose();
}
