using System.Diagnostics;
using System.Globalization;

namespace Skerry.AbiTests;

/// <summary>Asks the C compiler for the values of constants, so that the headers themselves are the judge.</summary>
internal static class KernelHeaders
{
    /// <summary>The value of each expression, as the compiler sees it with these headers.</summary>
    internal static IReadOnlyDictionary<string, long> Evaluate(IEnumerable<string> headers, IEnumerable<string> expressions)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        string directory = Directory.CreateTempSubdirectory("skerry-abi-").FullName;
        try
        {
            string program = Path.Combine(directory, "values");
            string source = "#define _GNU_SOURCE\n#include <stdio.h>\n#include <stddef.h>\n"
                + string.Concat(headers.Select(h => $"#include <{h}>\n"))
                + "int main(void) {\n" + string.Concat(expressions.Select(e => $"printf(\"%s=%lld\\n\", \"{e}\", (long long)({e}));\n")) + "return 0; }\n";
            File.WriteAllText(program + ".c", source);
            Run("/usr/bin/gcc", "-w", "-o", program, program + ".c");
            return Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('='))
                .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return output;
    }
}
