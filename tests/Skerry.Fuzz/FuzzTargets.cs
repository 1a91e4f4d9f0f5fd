using Skerry.Fuzz.Targets;

namespace Skerry.Fuzz;

/// <summary>All targets, one for every parser of bytes that somebody else wrote.</summary>
internal static class FuzzTargets
{
    internal static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new TtrpcEnvelopeTarget(),
        new TtrpcServerTarget(),
        new VsockHostTarget(),
        new VsockGuestTarget(),
        new HybridLineTarget(),
        new OciSpecTarget(),
        new OciImageTarget(),
        new AccountFilesTarget(),
        new TarReaderTarget(),
        new LayerUnpackTarget(),
        new QmpTarget(),
        new ConsoleTextTarget(),
        new TomlTarget(),
    ];
}
