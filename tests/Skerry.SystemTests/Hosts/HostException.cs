namespace Skerry.SystemTests.Hosts;

/// <summary>The host, or a program on it, did not do what was expected: fails the test, or ends the measurement, that asked for it.</summary>
public sealed class HostException(string message) : Exception(message);
