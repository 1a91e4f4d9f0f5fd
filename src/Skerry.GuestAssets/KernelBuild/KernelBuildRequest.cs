namespace Skerry.GuestAssets.KernelBuild;

/// <summary>Which guest kernel somebody asked for.</summary>
public sealed record KernelBuildRequest
{
    /// <summary>Where source, objects and results are kept; about 3 GB.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>For which processors.</summary>
    public KernelArchitecture Architecture { get; init; } = KernelArchitecture.OfThisMachine;

    /// <summary>"default", or a file of packaging/kernel/fragments/flavours.</summary>
    public string Flavour { get; init; } = KernelFragmentLibrary.DefaultFlavour;

    /// <summary>Debian's source: a series ("6.1"), a release ("6.1.176"), a package's version ("6.1.176-1"), or "newest".</summary>
    public string Version { get; init; } = "6.1";

    /// <summary>A source tree or a tarball of one, instead of Debian's; null for that.</summary>
    public string? SourcePath { get; init; }

    /// <summary>A fragment that wins over all others, or a whole configuration as the kernel's build writes it, which then stands alone; null for neither.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>A directory whose *.patch files are applied to the source, in the order of their names; null for none.</summary>
    public string? PatchDirectory { get; init; }

    /// <summary>Fragments to take instead of the built-in ones; null for those.</summary>
    public string? FragmentsDirectory { get; init; }

    /// <summary>How many files are compiled at the same time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws away what an earlier build left: unpacked source, objects, results; and looks for a newer package.</summary>
    public bool Fresh { get; init; }

    /// <summary>The time that the kernel says it was built at; null takes that of the source's Makefile, so that two builds give the same bytes.</summary>
    public DateTimeOffset? BuildTime { get; init; }
}
