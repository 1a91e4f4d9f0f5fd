namespace Skerry.Config;

/// <summary>Which configuration to load, and what of the machine its defaults and limits depend on.</summary>
public sealed record ConfigurationRequest
{
    /// <summary>The file that was asked for (a task's option, <c>--config</c>); null searches. It must exist.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>Values of the command line; they win over files.</summary>
    public IReadOnlyList<ConfigOverride> Overrides { get; init; } = [];

    /// <summary>The installation whose defaults apply.</summary>
    public InstallPrefix Prefix { get; init; } = InstallPrefix.OfThisProgram();

    /// <summary>The directory that holds <c>skerry/</c> and <c>kata-containers/</c>.</summary>
    public string EtcDirectory { get; init; } = "/etc";

    /// <summary>Reads an environment variable; null or empty when it is unset.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>How many processors the host has: the clamp of <c>default_vcpus</c> and <c>default_maxvcpus</c>.</summary>
    public int HostProcessors { get; init; } = System.Environment.ProcessorCount;
}
