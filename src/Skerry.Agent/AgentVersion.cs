namespace Skerry.Agent;

/// <summary>The version of this build.</summary>
internal static class AgentVersion
{
    /// <summary>As in "0.1.0".</summary>
    public static string Current { get; } = typeof(AgentVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
