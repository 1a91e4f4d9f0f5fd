namespace Skerry.Fuzz;

/// <summary>A parser of untrusted bytes. A new one is a class under Targets/ and a line in <see cref="FuzzTargets"/>.</summary>
internal interface IFuzzTarget
{
    /// <summary>How the target is called on the command line, as in <c>ttrpc-envelope</c>.</summary>
    string Name { get; }

    /// <summary>Inputs to start from: good ones, and ones that were bad once. At least one.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Words of the format, which the mutations put in here and there.</summary>
    IReadOnlyList<byte[]> Words => [];

    /// <summary>The largest input, in bytes.</summary>
    int MaxInputBytes => 4096;

    /// <summary>The most that one input may allocate on this thread, in bytes: length fields must not be believed.</summary>
    long MaxAllocatedBytes => 16 << 20;

    /// <summary>Parses one input, and checks what must hold whatever it is. Every exception but expected ones is a finding.</summary>
    void Run(byte[] input);

    /// <summary>True for the error by which the parser refuses bad input.</summary>
    bool IsExpected(Exception error) => false;
}
