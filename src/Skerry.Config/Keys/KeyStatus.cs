namespace Skerry.Config.Keys;

/// <summary>What Skerry does with a key.</summary>
public enum KeyStatus
{
    /// <summary>It has its effect.</summary>
    Obeyed,

    /// <summary>It is accepted without effect; one warning names every such key that is set, and why.</summary>
    NotYet,

    /// <summary>It promises a protection this version cannot keep: anything but "off" is a fault.</summary>
    Refused,
}
