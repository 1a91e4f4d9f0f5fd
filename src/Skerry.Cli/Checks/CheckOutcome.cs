namespace Skerry.Cli.Checks;

/// <summary>What a check found.</summary>
internal enum CheckOutcome
{
    /// <summary>All is well.</summary>
    Passed,

    /// <summary>It works, but less well than it could, or something that is not needed for <c>skerry run</c> is missing.</summary>
    Noted,

    /// <summary>Containers cannot be run.</summary>
    Failed,
}
