namespace Skerry.Linux;

/// <summary>What a wait of the <see cref="Reactor"/> is for.</summary>
internal enum WaitKind
{
    /// <summary>Something to read, the end, or a failure.</summary>
    Readable,

    /// <summary>As <see cref="Readable"/>; when it is cancelled its result is false instead of an exception.</summary>
    ReadableOrCancelled,

    /// <summary>Room to write, or nobody who reads.</summary>
    Writable,
}
