namespace Skerry.Protocols;

/// <summary>Full names of the services, as they stand on the wire.</summary>
public static class ServiceNames
{
    /// <summary>The agent's service in the guest, package <c>grpc</c> of protos/agent/agent.proto.</summary>
    public const string Agent = "grpc.AgentService";

    /// <summary>The agent's health service in the guest.</summary>
    public const string Health = "grpc.Health";

    /// <summary>The shim's task service as containerd 1.x and 2.x call it.</summary>
    public const string TaskV2 = "containerd.task.v2.Task";

    /// <summary>The shim's task service after a bootstrap with version 3; the messages are those of v2.</summary>
    public const string TaskV3 = "containerd.task.v3.Task";

    /// <summary>The shim's sandbox service (containerd 2.x).</summary>
    public const string Sandbox = "containerd.runtime.sandbox.v1.Sandbox";

    /// <summary>containerd's service for events of shims.</summary>
    public const string Events = "containerd.services.events.ttrpc.v1.Events";
}
