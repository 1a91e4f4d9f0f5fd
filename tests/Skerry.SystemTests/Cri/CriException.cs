namespace Skerry.SystemTests.Cri;

/// <summary>A status other than OK from the container manager.</summary>
public sealed class CriException(string method, int code, string message) : Exception($"{method}: status {code}: {message}")
{
    /// <summary>The gRPC status code.</summary>
    public int Code => code;
}
