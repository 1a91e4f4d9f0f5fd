namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>Who learns that the turn of a request has come: a call of a client, or a test.</summary>
internal interface IFrameOrigin
{
    /// <summary>Takes the next stream id; 0 when the call was given up and its request need not be sent.</summary>
    uint Begin();
}
