using Skerry.Agent.Boot;
using Skerry.Agent.Console;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Agent;

/// <summary>From the first request to the end of the machine.</summary>
internal static class AgentLife
{
    private const string UnixScheme = "unix://";

    /// <summary>How long the answer to the last request may take to reach the host.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromMilliseconds(200);

    /// <summary>How long serving pauses after it failed, so that a broken channel does not keep the guest busy.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Serves until the sandbox is destroyed; then the owner of the guest switches the machine off, any other process returns its exit code.</summary>
    public static async Task<int> RunAsync(AgentHost host, AgentConfig config, bool ownsGuest, AgentLogger logger)
    {
        using var stop = new CancellationTokenSource();
        Task serving = ServeAsync(host, config, ownsGuest, logger, stop.Token);
        await Task.WhenAny(host.Sandbox.Destroyed, serving).ConfigureAwait(false);
        await host.WaitIdleAsync(s_farewell).ConfigureAwait(false);
        if (ownsGuest)
        {
            MachinePower.Sync();
            MachinePower.PowerOff();
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
        return serving.IsFaulted ? 1 : 0;
    }

    /// <summary>In a guest it serves again after every failure: a guest that can still be asked is worth more than one that is gone.</summary>
    private static async Task ServeAsync(AgentHost host, AgentConfig config, bool ownsGuest, AgentLogger logger, CancellationToken cancellationToken)
    {
        do
        {
            try
            {
                await ServeOnceAsync(host, config, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (ownsGuest && !cancellationToken.IsCancellationRequested)
            {
                Log.TaskFailed(logger, "serving", error);
            }

            if (ownsGuest)
            {
                await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
            }
        }
        while (ownsGuest);
    }

    private static Task ServeOnceAsync(AgentHost host, AgentConfig config, CancellationToken cancellationToken) => config.ServerAddress switch
    {
        null or "" or "vsock://-1:1024" => host.ServeSerialPortAsync(cancellationToken),
        _ when config.ServerAddress.StartsWith(UnixScheme, StringComparison.Ordinal) =>
            host.ServeUnixAsync(config.ServerAddress[UnixScheme.Length..], cancellationToken),
        _ => throw new SkerryException(
            FailureKind.InvalidArgument, $"server address \"{config.ServerAddress}\" is not known", "use unix://PATH, or none for the guest channel"),
    };
}
