namespace Skerry.Vsock.Carriers;

/// <summary>Finds a frame of the handshake among bytes that nobody understands: the rest of a session that is over.</summary>
internal sealed class HelloScanner
{
    private readonly byte[] _window = new byte[HelloFrame.Size];
    private int _count;

    /// <summary>Forgets a frame that is only there in part.</summary>
    internal void Clear() => _count = 0;

    /// <summary>Takes bytes off <paramref name="input"/> up to the end of the next frame; false when there is none and all bytes are used up.</summary>
    internal bool TryFind(ref ReadOnlySpan<byte> input, out HelloFrame frame)
    {
        frame = default;
        while (!input.IsEmpty)
        {
            if (_count == 0 && !SkipToMagic(ref input))
            {
                return false;
            }

            int count = Math.Min(HelloFrame.Size - _count, input.Length);
            input[..count].CopyTo(_window.AsSpan(_count));
            _count += count;
            input = input[count..];
            DropUntilPossible();
            if (_count < HelloFrame.Size)
            {
                continue;
            }

            if (HelloFrame.TryRead(_window, out frame))
            {
                _count = 0;
                return true;
            }

            Drop(1);
            DropUntilPossible();
        }

        return false;
    }

    private static bool SkipToMagic(ref ReadOnlySpan<byte> input)
    {
        int start = input.IndexOf(HelloFrame.Magic[0]);
        input = start < 0 ? [] : input[start..];
        return start >= 0;
    }

    /// <summary>Drops bytes from the front until the window can be the start of a frame.</summary>
    private void DropUntilPossible()
    {
        while (_count > 0 && !IsPossible())
        {
            int next = _window.AsSpan(1, _count - 1).IndexOf(HelloFrame.Magic[0]);
            Drop(next < 0 ? _count : next + 1);
        }
    }

    private bool IsPossible()
    {
        int known = Math.Min(_count, HelloFrame.Magic.Length);
        return HelloFrame.Magic[..known].SequenceEqual(_window.AsSpan(0, known));
    }

    private void Drop(int count)
    {
        _window.AsSpan(count, _count - count).CopyTo(_window);
        _count -= count;
    }
}
