namespace Skerry.Hypervisor.Qmp;

/// <summary>What a line from QEMU's monitor is; docs/interop/qmp-spec.txt of QEMU 7.2, section 2.</summary>
internal enum QmpMessageKind
{
    /// <summary>Section 2.2: the first line, with the version.</summary>
    Greeting = 0,

    /// <summary>Section 2.4.1: a command's result.</summary>
    Return,

    /// <summary>Section 2.4.2: a command failed.</summary>
    Error,

    /// <summary>Section 2.5: something happened.</summary>
    Event,
}
