using System.CommandLine;
using Skerry.Cli.Containers;
using Skerry.Core;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;
using Skerry.Sandbox;
using Skerry.Vsock;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry metrics</c>: what the agent of a sandbox says of itself and of its guest, as Prometheus text.</summary>
internal sealed class MetricsCommand : SkerryCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Argument<string> _name = CommandLineParts.ContainerName();

    internal MetricsCommand(CliHost host)
        : base(host, "metrics", "Prints the metrics of a container's guest as Prometheus text.") => Add(_name);

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string name = new RunningContainers(context.Host).Store.Load(context.Arguments.GetRequiredValue(_name)).Name;
        var paths = new SandboxPaths(SandboxId.Parse(name), context.Host.StateDirectory);
        await using var dialer = new HybridVsockDialer(paths.VsockSocket);
        await using var agent = new TtrpcClient(await dialer.ConnectAsync(VsockPorts.Agent, cancellationToken));
        Metrics metrics = await agent.CallAsync(
            ServiceNames.Agent, "GetMetrics", new GetMetricsRequest(), Metrics.Parser, Limit, cancellationToken);
        context.Output.Write(GuestText.Sanitize(metrics.Metrics_));
        return ExitCodes.Success;
    }
}
