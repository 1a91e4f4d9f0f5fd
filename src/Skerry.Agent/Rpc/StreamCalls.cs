using Google.Protobuf;
using Skerry.Agent.Containers;
using Skerry.Agent.Processes;
using Skerry.Core;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Rpc;

/// <summary>Standard streams by request, for hosts that do not connect streams of their own.</summary>
internal static class StreamCalls
{
    /// <summary>Registers them.</summary>
    public static void Register(AgentCalls calls, GuestSandbox sandbox) => calls
        .Add<WriteStreamRequest, WriteStreamResponse>("WriteStdin", WriteStreamRequest.Parser, (request, cancellationToken) =>
            WriteAsync(sandbox.Container(request.ContainerId).Process(request.ExecId), request.Data, cancellationToken))
        .AddEmpty("CloseStdin", CloseStdinRequest.Parser, request => sandbox.Container(request.ContainerId).Process(request.ExecId).Stdio.Input?.Close())
        .Add<ReadStreamRequest, ReadStreamResponse>("ReadStdout", ReadStreamRequest.Parser, (request, cancellationToken) =>
            ReadAsync(sandbox.Container(request.ContainerId).Process(request.ExecId).Stdio.Output, request.Len, "standard output", cancellationToken))
        .Add<ReadStreamRequest, ReadStreamResponse>("ReadStderr", ReadStreamRequest.Parser, (request, cancellationToken) =>
            ReadAsync(sandbox.Container(request.ContainerId).Process(request.ExecId).Stdio.Error, request.Len, "standard error", cancellationToken));

    private static async Task<WriteStreamResponse> WriteAsync(GuestProcess process, ByteString data, CancellationToken cancellationToken)
    {
        ProcessInput input = process.Stdio.Input ?? throw NotKept("standard input");
        if (data.IsEmpty)
        {
            input.Close();
        }
        else
        {
            await input.WriteAsync(data.Memory, cancellationToken).ConfigureAwait(false);
        }

        return new WriteStreamResponse { Len = (uint)data.Length };
    }

    private static async Task<ReadStreamResponse> ReadAsync(ProcessOutput? output, uint maxBytes, string what, CancellationToken cancellationToken)
    {
        if (output is null or { IsPumped: true })
        {
            throw NotKept(what);
        }

        ReadOnlyMemory<byte> bytes = await output.ReadAsync((int)Math.Min(maxBytes, int.MaxValue), cancellationToken).ConfigureAwait(false);
        return new ReadStreamResponse { Data = UnsafeByteOperations.UnsafeWrap(bytes) };
    }

    private static SkerryException NotKept(string what) =>
        new(FailureKind.FailedPrecondition, $"the process has no {what} that requests could use", "it has a stream of its own, or none");
}
