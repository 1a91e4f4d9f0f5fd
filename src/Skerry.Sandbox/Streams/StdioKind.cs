namespace Skerry.Sandbox;

/// <summary>What stands behind one stdio name.</summary>
internal enum StdioKind
{
    /// <summary>Nothing: input ends at once, output is thrown away.</summary>
    None = 0,

    /// <summary>A named pipe made by the manager.</summary>
    Fifo,

    /// <summary>A file that output is appended to.</summary>
    File,

    /// <summary>A program that reads the output from its descriptors 3 and 4.</summary>
    Binary,
}
