using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>
/// Waits for descriptors to become readable or writable without holding a thread per wait: one epoll thread, started at the
/// first wait, and one-shot interest that is armed for each wait.
/// </summary>
/// <remarks>
/// A descriptor is kept open while someone waits for it: dispose it only after the wait has completed or was cancelled, or the
/// close is postponed until then. A wait may complete without cause; callers try their operation again and wait again.
/// Those who waited go on on the thread pool, or, with a reactor made by <see cref="Inline"/>, on the reactor's own thread.
/// </remarks>
public sealed partial class Reactor
{
    private const int MaxEvents = 64;
    private const int MaxPooled = 64;
    private const int StackSizeBytes = 256 * 1024;
    private const int InlineStackSizeBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, ReadinessWaiter> _waiters = [];
    private ReadinessWaiter? _pool;
    private int _pooled;
    private FileDescriptor? _epoll;

    private Reactor(bool inline) => IsInline = inline;

    /// <summary>The process's reactor.</summary>
    public static Reactor Shared { get; } = new(inline: false);

    /// <summary>True when those who waited go on on the reactor's thread.</summary>
    internal bool IsInline { get; }

    /// <summary>
    /// A reactor for one busy descriptor, whose thread lasts as long as the process: what it brings costs one thread switch less. Whoever
    /// waits here must not block, since nothing else is noticed meanwhile.
    /// </summary>
    public static Reactor Inline() => new(inline: true);

    /// <summary>Completes when <paramref name="descriptor"/> has something to read, is at its end, or has failed.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="SyscallException">The kernel refuses to watch the descriptor.</exception>
    public ValueTask WaitReadableAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : Begin(descriptor, WaitKind.Readable, cancellationToken).Task;

    /// <summary>
    /// As <see cref="WaitReadableAsync"/>, but false when the token was cancelled first: for waits that usually end so, since a first exception costs
    /// an emulated guest ten milliseconds.
    /// </summary>
    /// <exception cref="SyscallException">The kernel refuses to watch the descriptor.</exception>
    public ValueTask<bool> TryWaitReadableAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromResult(false) : Begin(descriptor, WaitKind.ReadableOrCancelled, cancellationToken).Trial;

    /// <summary>Completes when <paramref name="descriptor"/> has room to write, or its reader is gone.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="SyscallException">The kernel refuses to watch the descriptor.</exception>
    public ValueTask WaitWritableAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : Begin(descriptor, WaitKind.Writable, cancellationToken).Task;

    /// <summary>Begins to wait. The waiter is not used again before its result was taken, so its generation is that of this wait until then.</summary>
    private ReadinessWaiter Begin(SafeHandle descriptor, WaitKind kind, CancellationToken cancellationToken)
    {
        ReadinessWaiter waiter;
        lock (_lock)
        {
            FileDescriptor epoll = _epoll ??= Start();
            waiter = Rent(kind);
            waiter.Hold(descriptor);
            int number = (int)descriptor.DangerousGetHandle();
            waiter.Next = _waiters.GetValueOrDefault(number);
            _waiters[number] = waiter;
            Errno error = Arm(epoll, number);
            if (error != Errno.None)
            {
                Unlink(number, waiter);
                waiter.Release();
                CompleteUnwatched(waiter, number, error);
                return waiter;
            }
        }

        waiter.CancelWith(cancellationToken);
        return waiter;
    }

    /// <summary>Regular files and /dev/null cannot be polled (EPERM): they are always ready.</summary>
    private static void CompleteUnwatched(ReadinessWaiter waiter, int number, Errno error)
    {
        if (error == Errno.EPERM)
        {
            waiter.Complete();
        }
        else
        {
            waiter.Fail(new SyscallException("epoll_ctl", $"descriptor {number}", error));
        }
    }

    /// <summary>Ends the wait of generation <paramref name="version"/> unless it is over already.</summary>
    internal void Cancel(ReadinessWaiter waiter, short version, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (waiter.Version != version || !Unlink(waiter.Number, waiter))
            {
                return;
            }

            Disarm(waiter.Number);
            waiter.Release();
        }

        waiter.EndCancelled(cancellationToken);
    }

    /// <summary>Disposes <paramref name="descriptor"/> and ends every wait for it, each with <see cref="ObjectDisposedException"/>.</summary>
    internal void Abandon(SafeHandle descriptor)
    {
        int number = (int)descriptor.DangerousGetHandle();
        ReadinessWaiter? abandoned = null;
        lock (_lock)
        {
            // First closed, so that no wait can begin any more; a wait under way keeps the number ours until it is released below.
            descriptor.Dispose();
            Move(number, 0, descriptor, ref abandoned);
            if (abandoned is not null)
            {
                Disarm(number);
            }
        }

        Finish(abandoned, static waiter => waiter.Fail(new ObjectDisposedException(nameof(FileDescriptor))));
    }

    private FileDescriptor Start()
    {
        int number = Native.EpollCreate(EPOLL_CLOEXEC);
        Syscall.Check(number, "epoll_create1", "for the reactor");
        var epoll = new FileDescriptor(number);
        new Thread(() => Run(epoll), IsInline ? InlineStackSizeBytes : StackSizeBytes) { IsBackground = true, Name = "skerry-reactor" }.Start();
        return epoll;
    }

    private void Run(FileDescriptor epoll)
    {
        Span<EpollEvent> events = stackalloc EpollEvent[MaxEvents];
        while (true)
        {
            int count = Native.EpollWait(epoll, events, MaxEvents, -1);
            if (!Syscall.Interrupted(count))
            {
                Syscall.Check(count, "epoll_wait", "in the reactor");
                Dispatch(events[..count]);
            }
        }
    }

    private void Dispatch(ReadOnlySpan<EpollEvent> events)
    {
        ReadinessWaiter? ready = null;
        lock (_lock)
        {
            foreach (EpollEvent occurred in events)
            {
                int number = (int)occurred.Data;
                Move(number, occurred.Events, abandoned: null, ref ready);
                if (_waiters.ContainsKey(number))
                {
                    Arm(_epoll!, number);
                }
            }
        }

        Finish(ready, static waiter => waiter.Complete());
    }

    private static bool IsSatisfied(ReadinessWaiter waiter, uint occurred)
    {
        uint wanted = waiter.Kind == WaitKind.Writable ? EPOLLOUT : EPOLLIN | EPOLLRDHUP;
        return (occurred & (wanted | EPOLLERR | EPOLLHUP)) != 0;
    }

    private static void Finish(ReadinessWaiter? list, Action<ReadinessWaiter> end)
    {
        while (list is not null)
        {
            ReadinessWaiter waiter = list;
            list = waiter.Next;
            waiter.Next = null;
            waiter.Release();
            end(waiter);
        }
    }

    /// <summary>Moves the waits that <paramref name="occurred"/> satisfies, or that are for the abandoned handle, to <paramref name="list"/>.</summary>
    private void Move(int number, uint occurred, SafeHandle? abandoned, ref ReadinessWaiter? list)
    {
        ReadinessWaiter? waiter = _waiters.GetValueOrDefault(number);
        while (waiter is not null)
        {
            ReadinessWaiter? next = waiter.Next;
            if (abandoned is null ? IsSatisfied(waiter, occurred) : waiter.IsFor(abandoned))
            {
                Unlink(number, waiter);
                waiter.Next = list;
                list = waiter;
            }

            waiter = next;
        }
    }

    private bool Unlink(int number, ReadinessWaiter waiter)
    {
        ReadinessWaiter? first = _waiters.GetValueOrDefault(number);
        if (first == waiter)
        {
            SetFirst(number, waiter.Next);
            waiter.Next = null;
            return true;
        }

        for (ReadinessWaiter? before = first; before is not null; before = before.Next)
        {
            if (before.Next == waiter)
            {
                before.Next = waiter.Next;
                waiter.Next = null;
                return true;
            }
        }

        return false;
    }

    private void SetFirst(int number, ReadinessWaiter? first)
    {
        if (first is null)
        {
            _waiters.Remove(number);
        }
        else
        {
            _waiters[number] = first;
        }
    }

    /// <summary>After a cancelled wait: asks only for what the remaining waits need.</summary>
    private void Disarm(int number)
    {
        if (_waiters.ContainsKey(number))
        {
            Arm(_epoll!, number);
            return;
        }

        // Fails only when someone closed the number behind its handle's back: then nothing is armed.
        EpollEvent none = default;
        _ = Native.EpollControl(_epoll!, EPOLL_CTL_DEL, number, ref none);
    }

    /// <remarks>A descriptor stays in the set, disarmed by its last event, so that the next wait costs one call.</remarks>
    private Errno Arm(FileDescriptor epoll, int number)
    {
        var interest = new EpollEvent { Events = EPOLLONESHOT, Data = (ulong)number };
        for (ReadinessWaiter? waiter = _waiters.GetValueOrDefault(number); waiter is not null; waiter = waiter.Next)
        {
            interest.Events |= waiter.Kind == WaitKind.Writable ? EPOLLOUT : EPOLLIN | EPOLLRDHUP;
        }

        if (Native.EpollControl(epoll, EPOLL_CTL_MOD, number, ref interest) == 0)
        {
            return Errno.None;
        }

        Errno error = Syscall.LastError;
        if (error == Errno.ENOENT)
        {
            error = Native.EpollControl(epoll, EPOLL_CTL_ADD, number, ref interest) == 0 ? Errno.None : Syscall.LastError;
        }

        return error;
    }

    private ReadinessWaiter Rent(WaitKind kind)
    {
        ReadinessWaiter? waiter = _pool;
        if (waiter is null)
        {
            waiter = new ReadinessWaiter(this);
        }
        else
        {
            _pool = waiter.Next;
            _pooled--;
        }

        waiter.Next = null;
        waiter.Kind = kind;
        return waiter;
    }

    internal void Return(ReadinessWaiter waiter)
    {
        lock (_lock)
        {
            if (_pooled < MaxPooled)
            {
                waiter.Next = _pool;
                _pool = waiter;
                _pooled++;
            }
        }
    }

    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1;
    private const int EPOLL_CTL_DEL = 2;
    private const int EPOLL_CTL_MOD = 3;
    private const uint EPOLLIN = 0x1;
    private const uint EPOLLOUT = 0x4;
    private const uint EPOLLERR = 0x8;
    private const uint EPOLLHUP = 0x10;
    private const uint EPOLLRDHUP = 0x2000;
    private const uint EPOLLONESHOT = 1u << 30;

    /// <summary>struct epoll_event, packed on x86_64.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct EpollEvent
    {
        public uint Events;
        public ulong Data;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
        internal static partial int EpollCreate(int flags);

        [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
        internal static partial int EpollControl(SafeHandle epoll, int operation, int number, ref EpollEvent interest);

        [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
        internal static partial int EpollWait(SafeHandle epoll, Span<EpollEvent> events, int capacity, int timeoutMs);
    }
}
