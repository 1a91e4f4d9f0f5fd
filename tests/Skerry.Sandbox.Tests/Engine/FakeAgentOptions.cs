using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>How a <see cref="FakeAgent"/> misbehaves.</summary>
internal sealed class FakeAgentOptions
{
    /// <summary>Health is never answered.</summary>
    internal bool Silent { get; set; }

    /// <summary>How long the agent says it has been running, in microseconds.</summary>
    internal ulong RunningUs { get; set; }

    /// <summary>The size of the guest's memory blocks.</summary>
    internal ulong MemoryBlockBytes { get; set; } = 128 << 20;

    /// <summary>What the guest says it uses of its memory, in bytes; 0 does not say.</summary>
    internal ulong MemoryOnlineBytes { get; set; }

    /// <summary>The end of a process leaves its output open: something else holds it.</summary>
    internal bool KeepsOutput { get; set; }

    /// <summary>SIGKILL has no effect.</summary>
    internal bool IgnoresKill { get; set; }

    /// <summary>A method that is taken note of and not answered before <see cref="Release"/>.</summary>
    internal string? Hold { get; set; }

    /// <summary>Lets what is held go on.</summary>
    internal TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Methods that fail, with what.</summary>
    internal ConcurrentDictionary<string, Exception> Failures { get; } = new();

    /// <summary>Containers that run out of memory.</summary>
    internal Channel<string> OutOfMemory { get; } = Channel.CreateUnbounded<string>();
}
