using Microsoft.Extensions.Logging;
using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>The host's side of a process's input and output, opened.</summary>
internal sealed class StdioFiles : IAsyncDisposable
{
    private readonly LogProgram? _program;

    private StdioFiles(InputSource? stdin, OutputSink stdout, OutputSink stderr, LogProgram? program)
    {
        Stdin = stdin;
        Stdout = stdout;
        Stderr = stderr;
        _program = program;
    }

    /// <summary>The input; null for none.</summary>
    internal InputSource? Stdin { get; }

    /// <summary>Where standard output goes.</summary>
    internal OutputSink Stdout { get; }

    /// <summary>Where standard error goes.</summary>
    internal OutputSink Stderr { get; }

    /// <summary>Opens what <paramref name="stdio"/> names; never waits for the other end of a fifo.</summary>
    /// <param name="stdio">The names.</param>
    /// <param name="container">The container, for a log program's environment.</param>
    /// <param name="managerNamespace">The manager's namespace, for the same.</param>
    /// <param name="log">The log.</param>
    /// <param name="cancellationToken">Ends the wait for a log program to be ready.</param>
    internal static async Task<StdioFiles> OpenAsync(
        StdioConfig stdio, ContainerId container, string managerNamespace, ILogger log, CancellationToken cancellationToken)
    {
        StdioTarget output = StdioTarget.Parse(stdio.Stdout);
        if (output.Kind == StdioKind.Binary)
        {
            LogProgram program = await LogProgram.StartAsync(output, container, managerNamespace, log, cancellationToken).ConfigureAwait(false);
            return new StdioFiles(OpenInput(stdio.Stdin), program.Stdout, program.Stderr, program);
        }

        InputSource? input = null;
        OutputSink? first = null;
        try
        {
            input = OpenInput(stdio.Stdin);
            first = OpenOutput(output);
            return new StdioFiles(input, first, stdio.Terminal ? OutputSink.Nothing() : OpenOutput(StdioTarget.Parse(stdio.Stderr)), program: null);
        }
        catch
        {
            await DisposeAllAsync(input, first).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisposeAllAsync(Stdin, Stdout, Stderr, _program).ConfigureAwait(false);
    }

    private static async ValueTask DisposeAllAsync(params IAsyncDisposable?[] parts)
    {
        foreach (IAsyncDisposable? part in parts)
        {
            if (part is not null)
            {
                await part.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static InputSource? OpenInput(string name)
    {
        StdioTarget target = StdioTarget.Parse(name);
        return target.Kind switch
        {
            StdioKind.None => null,
            StdioKind.Fifo => InputSource.OpenFifo(target.Path),
            _ => throw new SkerryException(FailureKind.InvalidArgument, $"standard input cannot come from \"{name}\"", "use a fifo"),
        };
    }

    private static OutputSink OpenOutput(StdioTarget target) => target.Kind switch
    {
        StdioKind.Fifo => OutputSink.OpenFifo(target.Path),
        StdioKind.File => OutputSink.OpenFile(target.Path),
        _ => OutputSink.Nothing(),
    };
}
