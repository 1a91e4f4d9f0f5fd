using Skerry.Oci;

namespace Skerry.Fuzz.Targets;

/// <summary>config.json of a bundle: what can be read can be judged, written, and read again with the same verdict.</summary>
internal sealed class OciSpecTarget : IFuzzTarget
{
    public string Name => "oci-spec";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        DefaultSpec.Create(new DefaultSpecOptions { Id = "c1", Args = ["sh"], MemoryBytes = 1 << 20, Cpus = 1 }).ToJson(),
        """{"ociVersion":"1.1.0","process":{"args":["a"],"cwd":"/","user":{"uid":1}},"root":{"path":"r"},"hooks":{"prestart":[{"path":"/a"}]},"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a"],"args":[{"index":1}]}]}}}"""u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
        [.. new[] { "null", "[null]", "{}", "[]", "-1", "1e400", "18446744073709551616", "\"\\u0000\"", "\"\\ud800\"", "\"linux\":", "\"mounts\":[", "{\"a\":null}" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    public int MaxInputBytes => 16 * 1024;

    public void Run(byte[] input)
    {
        OciSpec spec = OciSpec.Parse(input);
        IReadOnlyList<string> faults = spec.Validate();
        if (!faults.SequenceEqual(OciSpec.Parse(spec.ToJson()).Validate()))
        {
            throw new InvalidOperationException("a spec that was written and read again is judged differently");
        }
    }

    public bool IsExpected(Exception error) => error is OciException;
}
