namespace Skerry.Agent;

/// <summary>The version of this build; a test holds it against the assembly's, which only reflection could ask for in a guest.</summary>
internal static class AgentVersion
{
    /// <summary>As in "0.1.0".</summary>
    public const string Current = "0.1.0";
}
