using System.Runtime.InteropServices;
using Skerry.Vsock.Engine;
using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Carriers;

/// <summary>
/// Agrees with the other side of a serial port on where a session begins, and takes the port's bytes apart. No I/O; the caller of
/// everything here holds the engine's lock.
/// </summary>
/// <remarks>
/// <para>
/// A virtio-serial port throws away what the host writes before the guest has opened it, tells the guest of the host's coming and going
/// only by an end of file, and after a restore may hold the rest of another session. So every session begins with a handshake:
/// </para>
/// <code>
///   guest opens the port:  READY ──►            (lost when no host is there)
///   host:                  ◄── HELLO(nonce)     at once after READY, and repeated until answered
///   guest:                 WELCOME(nonce) ──►   packets follow it, both ways
/// </code>
/// <para>
/// Until the handshake, each side passes over everything but frames of it (<see cref="HelloScanner"/>). Afterwards they are recognized
/// only where a header is due, so that no payload can look like one. A HELLO with a new nonce resets all streams of the guest; READY
/// resets those of the host, which then says HELLO with a new nonce. A guest that cannot understand the host's bytes any more drops the
/// session and waits for a hello; the host, to which the guest is hostile, closes the channel instead.
/// </para>
/// <para>
/// A guest that missed the host's leaving may wait for up to 64 KiB of a payload that will never come: now and then the host says so
/// many hellos in a row that they fill it up.
/// </para>
/// </remarks>
internal sealed class SerialSession(VsockEngine engine, ChannelRole role)
{
    /// <summary>How many hellos fill half of the largest payload.</summary>
    private const int HellosInBurst = (VsockHeader.MaxPayload / 2) / HelloFrame.Size;

    private const int RepetitionsBetweenBursts = 10;

    private readonly PacketReader _packets = new();
    private readonly HelloScanner _scanner = new();
    private TaskCompletionSource _established = NewSignal();
    private UInt128 _nonce;
    private int _repetitions;
    private bool _wasReset;
    private bool _hasBeenEstablished;

    /// <summary>True when packets flow.</summary>
    internal bool IsEstablished { get; private set; }

    /// <summary>Completes when packets flow; a new one after each reset.</summary>
    internal Task Established => _established.Task;

    /// <summary>True once after a session was established.</summary>
    internal bool TakeHasBeenEstablished()
    {
        bool has = _hasBeenEstablished;
        _hasBeenEstablished = false;
        return has;
    }

    /// <summary>True once after streams were reset.</summary>
    internal bool TakeWasReset()
    {
        bool was = _wasReset;
        _wasReset = false;
        return was;
    }

    /// <summary>The port was opened: the guest says ready, the host hello.</summary>
    internal void Open()
    {
        engine.SetOpen(output: true, session: false);
        Await();
        if (role == ChannelRole.Guest)
        {
            engine.SetPreamble(new HelloFrame(HelloKind.Ready, HelloFrame.CurrentVersion, 0).ToBytes());
        }
        else
        {
            SayHello();
        }
    }

    /// <summary>The port is gone: nothing is sent any more, all streams are reset.</summary>
    internal void Close(string reason, ref WakeList wakes)
    {
        engine.SetOpen(output: false, session: false);
        Drop(reason, ref wakes);
    }

    /// <summary>The host was not answered: says hello again.</summary>
    internal void RepeatHello()
    {
        if (!IsEstablished)
        {
            _repetitions++;
            int times = _repetitions % RepetitionsBetweenBursts == 0 ? HellosInBurst : 1;
            engine.SetPreamble(new HelloFrame(HelloKind.Hello, HelloFrame.CurrentVersion, _nonce).ToBytes(times));
        }
    }

    /// <summary>Takes bytes of the port.</summary>
    /// <exception cref="VsockProtocolException">On the host: the guest sent what cannot be understood.</exception>
    internal void Receive(ReadOnlySpan<byte> input, ref WakeList wakes)
    {
        while (!input.IsEmpty)
        {
            if (IsEstablished)
            {
                ReceivePackets(ref input, ref wakes);
            }
            else if (_scanner.TryFind(ref input, out HelloFrame frame))
            {
                ReceiveHello(frame, ref wakes);
            }
        }
    }

    private void ReceivePackets(ref ReadOnlySpan<byte> input, ref WakeList wakes)
    {
        PacketPart kind;
        while (IsEstablished && (kind = _packets.Next(ref input, out ReadOnlySpan<byte> part)) != PacketPart.None)
        {
            if (kind == PacketPart.Payload)
            {
                engine.ReceivePayload(part, ref wakes);
            }
            else if (HelloFrame.TryRead(part, out HelloFrame frame))
            {
                ReceiveHello(frame, ref wakes);
            }
            else
            {
                ReceiveHeader(VsockHeader.Read(part), ref wakes);
            }
        }
    }

    private void ReceiveHeader(in VsockHeader header, ref WakeList wakes)
    {
        try
        {
            engine.ReceiveHeader(header, ref wakes);
            _packets.ExpectPayload((int)header.Length);
        }
        catch (VsockProtocolException error) when (role == ChannelRole.Guest)
        {
            engine.SetOpen(output: true, session: false);
            Drop($"reset: {error.Message}", ref wakes);
        }
    }

    private void ReceiveHello(HelloFrame frame, ref WakeList wakes)
    {
        switch (frame.Kind, role)
        {
            case (HelloKind.Hello, ChannelRole.Guest):
                Welcome(frame, ref wakes);
                break;
            case (HelloKind.Ready, ChannelRole.Host):
                GreetAgain(ref wakes);
                break;
            case (HelloKind.Welcome, ChannelRole.Host) when frame.Nonce == _nonce && !IsEstablished:
                Establish();
                break;
        }
    }

    /// <summary>The guest is greeted: a new nonce begins a new session, a known one only wants to be answered again.</summary>
    private void Welcome(HelloFrame hello, ref WakeList wakes)
    {
        if (!IsEstablished || hello.Nonce != _nonce)
        {
            Drop("reset: the host began a new session", ref wakes);
            _nonce = hello.Nonce;
            Establish();
        }

        engine.SetPreamble(new HelloFrame(HelloKind.Welcome, Math.Min(hello.Version, HelloFrame.CurrentVersion), hello.Nonce).ToBytes());
    }

    /// <summary>The guest has opened its port (again): whatever it knew of streams is gone.</summary>
    private void GreetAgain(ref WakeList wakes)
    {
        if (IsEstablished)
        {
            engine.SetOpen(output: true, session: false);
            Drop("reset: the guest opened its port again", ref wakes);
            SayHello();
        }
        else
        {
            engine.SetPreamble(new HelloFrame(HelloKind.Hello, HelloFrame.CurrentVersion, _nonce).ToBytes());
        }
    }

    private void SayHello()
    {
        // A Guid comes from the kernel's random numbers; RandomNumberGenerator would load OpenSSL, a megabyte and more.
        _nonce = MemoryMarshal.Read<UInt128>(Guid.NewGuid().ToByteArray());
        _repetitions = 0;
        engine.SetPreamble(new HelloFrame(HelloKind.Hello, HelloFrame.CurrentVersion, _nonce).ToBytes());
    }

    private void Establish()
    {
        IsEstablished = true;
        _hasBeenEstablished = true;
        engine.SetOpen(output: true, session: true);
        engine.ClearPreamble();
        _packets.Clear();
        _established.TrySetResult();
    }

    /// <summary>Ends the session, if there is one.</summary>
    private void Drop(string reason, ref WakeList wakes)
    {
        engine.ResetAll(reason, ref wakes);
        _wasReset |= IsEstablished;
        Await();
    }

    private void Await()
    {
        IsEstablished = false;
        _packets.Clear();
        _scanner.Clear();
        if (_established.Task.IsCompleted)
        {
            _established = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
