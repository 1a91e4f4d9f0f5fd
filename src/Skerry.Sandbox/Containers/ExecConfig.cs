using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>An additional process as the manager asked for it.</summary>
/// <param name="Process">What to run.</param>
/// <param name="Stdio">Its input and output.</param>
public sealed record ExecConfig(OciProcess Process, StdioConfig Stdio);
