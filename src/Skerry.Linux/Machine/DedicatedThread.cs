namespace Skerry.Linux;

/// <summary>Runs work that changes the calling thread for good (setns, unshare, capabilities), or blocks it, on a thread that then ends.</summary>
public static class DedicatedThread
{
    private const int StackSizeBytes = 512 * 1024;

    /// <summary>Runs <paramref name="work"/>, which must not await, on a new thread named <paramref name="name"/> (15 bytes are shown).</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            },
            StackSizeBytes)
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Runs <paramref name="work"/>, which must not await, on a new thread.</summary>
    public static Task RunAsync(string name, Action work) => RunAsync(name, () =>
    {
        work();
        return true;
    });
}
