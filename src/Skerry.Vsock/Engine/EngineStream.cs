namespace Skerry.Vsock.Engine;

/// <summary>A stream over a connection of an engine.</summary>
internal sealed class EngineStream(VsockEngine engine, VsockConnection connection) : VsockStream
{
    /// <inheritdoc/>
    public override uint LocalPort => connection.LocalPort;

    /// <inheritdoc/>
    public override uint PeerPort => connection.PeerPort;

    /// <summary>True when it was reset; false after an orderly end, when there may still be something to read.</summary>
    internal bool WasReset => connection.ResetReason is not null;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        engine.ReadAsync(connection, buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        engine.WriteAsync(connection, buffer, cancellationToken);

    /// <inheritdoc/>
    public override void ShutdownSend() => engine.ShutdownSend(connection);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        engine.Dispose(connection);
        base.Dispose(disposing);
    }
}
