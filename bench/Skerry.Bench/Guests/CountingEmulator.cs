using Skerry.Bench.Hosts;

namespace Skerry.Bench.Guests;

/// <summary>
/// QEMU's emulator with its clock driven by the guest's instructions (<c>-icount</c>) and a plug-in that counts them: a script that is
/// started in QEMU's place. Counting needs one thread for all processors.
/// </summary>
public sealed class CountingEmulator
{
    private const UnixFileMode ExecutableFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _counters;

    private CountingEmulator(string path, string counters)
    {
        Path = path;
        _counters = counters;
    }

    /// <summary>The script.</summary>
    public string Path { get; }

    /// <summary>What the guest that was started last has executed so far.</summary>
    public GuestCounters Counters => GuestCounters.Read(_counters);

    /// <summary>Compiles the plug-in and writes the script into <paramref name="directory"/>.</summary>
    public static async Task<CountingEmulator> MakeAsync(string directory, CancellationToken cancellationToken)
    {
        string plugin = System.IO.Path.Combine(directory, "counter.so");
        string source = System.IO.Path.Combine(AppContext.BaseDirectory, "Guests", "counter.c");
        (await Tool.RunAsync("gcc", ["-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", plugin, source], cancellationToken)).Ok();
        string counters = System.IO.Path.Combine(directory, "counters");
        string script = System.IO.Path.Combine(directory, "qemu-counting");
        await File.WriteAllTextAsync(script, Script(plugin, counters), cancellationToken);
        File.SetUnixFileMode(script, ExecutableFile);
        return new CountingEmulator(script, counters);
    }

    private static string Script(string plugin, string counters) => $$"""
        #!/bin/sh
        rm -f "{{counters}}"
        for word; do
            shift
            case "$word" in tcg,thread=multi*) word="tcg,thread=single${word#tcg,thread=multi}" ;; esac
            set -- "$@" "$word"
        done
        exec {{Installation.Qemu}} "$@" -icount shift=0 -plugin "{{plugin}},counters={{counters}}"

        """;
}
