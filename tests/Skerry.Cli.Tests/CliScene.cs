using Skerry.Config;

namespace Skerry.Cli.Tests;

/// <summary>Runs the program in this process, with a private installation, environment and console.</summary>
internal sealed class CliScene : IDisposable
{
    private readonly Dictionary<string, string> _environment = [];

    internal CliScene()
    {
        SetEnvironment("SKERRY_STATE_DIR", Path.Combine(Root, "state"));
        SetEnvironment("SKERRY_DATA_DIR", Path.Combine(Root, "data"));
        SetEnvironment("PATH", Path.Combine(Root, "path"));
    }

    internal string Root { get; } = Directory.CreateTempSubdirectory("skerry-cli-").FullName;

    internal bool OnTerminal { get; set; }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    internal void SetEnvironment(string name, string value) => _environment[name] = value;

    internal string Write(string path, string text)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>A program that prints <paramref name="output"/>, whatever it is asked.</summary>
    internal string WriteProgram(string path, string output)
    {
        string full = Write(path, $"#!/bin/sh\ncat <<'END'\n{output}\nEND\n");
        File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return full;
    }

    internal CliHost Host(TextWriter @out, TextWriter error) => new()
    {
        Out = @out,
        Error = error,
        OutIsTerminal = OnTerminal,
        ErrorIsTerminal = OnTerminal,
        Environment = _environment.GetValueOrDefault,
        Prefix = new InstallPrefix(Path.Combine(Root, "prefix")),
        EtcDirectory = Path.Combine(Root, "etc"),
    };

    internal async Task<CliOutcome> RunAsync(params string[] args)
    {
        using var @out = new StringWriter();
        using var error = new StringWriter();
        int code = await SkerryCommandLine.RunAsync(args, Host(@out, error));
        return new CliOutcome(code, @out.ToString(), error.ToString());
    }
}
