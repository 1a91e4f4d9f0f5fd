namespace Skerry.Linux;

/// <summary>
/// The thread that clones every child, for as long as the process lives: PR_SET_PDEATHSIG fires when the cloning thread ends, not the
/// process. A thread that could not return to its own pid namespace clones no more, but stays too.
/// </summary>
internal sealed class SpawnThread
{
    private const int StackSizeBytes = 256 * 1024;

    private static readonly Lock s_lock = new();
    private static SpawnThread? s_current;

    private readonly Queue<Action> _work = new();

    private SpawnThread() => new Thread(Run, StackSizeBytes) { IsBackground = true, Name = "skerry-spawn" }.Start();

    /// <summary>Runs <paramref name="work"/> on the thread and hands on what it returns or throws.</summary>
    internal static T Run<T>(Func<SpawnThread, T> work)
    {
        // Not disposed: the spawn thread may still be inside Set when the wait returns. Its wait handle is never made.
        var done = new ManualResetEventSlim();
        T? result = default;
        Exception? error = null;
        SpawnThread thread;
        lock (s_lock)
        {
            thread = s_current ??= new SpawnThread();
        }

        thread.Enqueue(() =>
        {
            try
            {
                result = work(thread);
            }
            catch (Exception thrown)
            {
                error = thrown;
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }

        return result!;
    }

    /// <summary>Leaves the thread idle; the next spawn begins a new one.</summary>
    internal void Retire()
    {
        lock (s_lock)
        {
            if (s_current == this)
            {
                s_current = null;
            }
        }
    }

    private void Enqueue(Action action)
    {
        lock (_work)
        {
            _work.Enqueue(action);
            Monitor.Pulse(_work);
        }
    }

    private void Run()
    {
        while (true)
        {
            Action action;
            lock (_work)
            {
                while (_work.Count == 0)
                {
                    Monitor.Wait(_work);
                }

                action = _work.Dequeue();
            }

            action();
        }
    }
}
