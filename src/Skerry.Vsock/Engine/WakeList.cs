namespace Skerry.Vsock.Engine;

/// <summary>Operations that completed while the engine's lock was held, to be let go on after it is released.</summary>
internal struct WakeList
{
    private StreamOperation? _first;
    private StreamOperation? _last;

    /// <summary>Adds an operation that has its result.</summary>
    internal void Add(StreamOperation operation)
    {
        operation.NextInWakeList = null;
        if (_last is null)
        {
            _first = operation;
        }
        else
        {
            _last.NextInWakeList = operation;
        }

        _last = operation;
    }

    /// <summary>Lets all go on: on the thread pool where somebody waits already, else by just setting the result.</summary>
    internal void Run()
    {
        StreamOperation? last = RunAllButLast();
        if (last is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(last, preferLocal: false);
        }
    }

    /// <summary>As <see cref="Run"/>, but the last one somebody waits for is returned, for the caller to run on its own thread.</summary>
    internal StreamOperation? RunAllButLast()
    {
        StreamOperation? kept = null;
        StreamOperation? operation = _first;
        _first = _last = null;
        while (operation is not null)
        {
            StreamOperation? next = operation.NextInWakeList;
            if (!operation.IsAwaited)
            {
                operation.Execute();
            }
            else
            {
                if (kept is not null)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(kept, preferLocal: false);
                }

                kept = operation;
            }

            operation = next;
        }

        return kept;
    }
}
