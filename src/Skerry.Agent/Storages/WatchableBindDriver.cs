using Skerry.Agent.Console;
using Skerry.Core;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>
/// Small volumes that the host changes while containers watch them, ConfigMaps and Secrets: a shared file system brings no inotify
/// events into the guest, so they are copied into the guest and looked after. Larger ones are bound as they are, without events.
/// </summary>
/// <remarks>The limits and the interval are Kata's.</remarks>
internal sealed class WatchableBindDriver(string directory, TimeSpan interval, AgentLogger logger) : IStorageDriver, IAsyncDisposable
{
    /// <summary>How often the host's side is looked at.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    private const int MaxFiles = 16;
    private const long MaxBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watched> _watched = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _looking = Task.CompletedTask;
    private int _next;

    /// <param name="Source">The host's directory, or the file's directory.</param>
    /// <param name="Copy">Ours.</param>
    /// <param name="Mirror">What keeps it the same.</param>
    private sealed record Watched(string Source, string Copy, TreeMirror Mirror);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["watchable-bind"];

    /// <inheritdoc/>
    public async Task<bool> MountAsync(StorageRequest storage, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(storage.Source) || !IsSmall(storage.Source))
        {
            return await new BindDriver().MountAsync(storage, cancellationToken).ConfigureAwait(false);
        }

        string copy = $"{directory}/{Interlocked.Increment(ref _next)}";
        Directory.CreateDirectory(copy);
        var mirror = new TreeMirror(storage.Source, copy);
        mirror.Update();
        bool mounted = await new BindDriver().MountAsync(new StorageRequest(storage) { Source = copy }, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _watched[storage.MountPoint] = new Watched(storage.Source, copy, mirror);
            if (_looking.IsCompleted)
            {
                _looking = LookAsync();
            }
        }

        return mounted;
    }

    /// <inheritdoc/>
    public void Released(string mountPoint)
    {
        Watched? watched;
        lock (_lock)
        {
            _watched.Remove(mountPoint, out watched);
        }

        if (watched is not null)
        {
            // Beside an update: the lock of the mirror keeps the two apart.
            lock (watched.Mirror)
            {
                Directory.Delete(watched.Copy, recursive: true);
            }
        }
    }

    /// <summary>Ends the watch.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static bool IsSmall(string source)
    {
        int files = 0;
        long bytes = 0;
        foreach (FileInfo file in new DirectoryInfo(source).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, MaxRecursionDepth = 16 }))
        {
            // A link counts as its text: what it leads to is counted where it is.
            bytes += file.LinkTarget is { } text ? text.Length : file.Length;
            files += file.LinkTarget is null ? 1 : 0;
            if (files > MaxFiles || bytes > MaxBytes)
            {
                return false;
            }
        }

        return true;
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            Watched[] all;
            lock (_lock)
            {
                all = [.. _watched.Values];
            }

            foreach (Watched watched in all)
            {
                Update(watched);
            }
        }
    }

    private void Update(Watched watched)
    {
        lock (watched.Mirror)
        {
            try
            {
                if (Directory.Exists(watched.Copy) && IsSmall(watched.Source))
                {
                    watched.Mirror.Update();
                }
            }
            catch (Exception error) when (error is SkerryException or IOException or UnauthorizedAccessException)
            {
                // The host may be in the middle of a change: the next look finds the rest.
                Log.VolumeNotFollowed(logger, watched.Source, ErrorReport.OneLine(error));
            }
        }
    }
}
