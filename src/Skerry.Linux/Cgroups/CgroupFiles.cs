using System.Globalization;
using System.Runtime.InteropServices;

namespace Skerry.Linux.Cgroups;

/// <summary>Reads and writes the small text files of a cgroup directory, see cgroups(7).</summary>
internal static partial class CgroupFiles
{
    /// <inheritdoc cref="KernelFile.Write"/>
    internal static void Write(string directory, string file, string value) => KernelFile.Write($"{directory}/{file}", value);

    /// <inheritdoc cref="KernelFile.TryWrite"/>
    internal static bool TryWrite(string directory, string file, string value, out Errno error) => KernelFile.TryWrite($"{directory}/{file}", value, out error);

    /// <summary>The file's text without the last newline; null when the file is not there or cannot be read.</summary>
    internal static string? TryRead(string directory, string file) => KernelFile.TryRead($"{directory}/{file}", out _);

    /// <summary>The number in a file; <c>max</c> and everything beyond 64 bits is <see cref="ulong.MaxValue"/>; null when there is none.</summary>
    internal static ulong? TryReadNumber(string directory, string file) => TryRead(directory, file) is string text ? ParseNumber(text) : null;

    /// <summary>The number in a file, or 0.</summary>
    internal static ulong ReadNumber(string directory, string file) => TryReadNumber(directory, file) ?? 0;

    /// <summary>A number as these files write it; null when it is none. Negative ones, as in v1's -1, mean no limit.</summary>
    internal static ulong? ParseNumber(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> trimmed = text.Trim();
        if (trimmed is "max" || trimmed.StartsWith("-"))
        {
            return ulong.MaxValue;
        }

        return ulong.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
    }

    /// <summary>A "flat keyed" file: lines of key and number. Lines of another form are left out; a missing file is empty.</summary>
    internal static Dictionary<string, ulong> ReadKeyed(string directory, string file)
    {
        var values = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (string line in Lines(directory, file))
        {
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            if (blank > 0 && ParseNumber(line.AsSpan(blank + 1)) is ulong number)
            {
                values[line[..blank]] = number;
            }
        }

        return values;
    }

    /// <summary>The lines of a file; none when it is missing.</summary>
    internal static string[] Lines(string directory, string file) =>
        (TryRead(directory, file) ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The process ids in cgroup.procs of one directory; 0 stands for processes of a foreign pid namespace and is left out.</summary>
    internal static List<int> Processes(string directory)
    {
        var pids = new List<int>();
        foreach (string line in Lines(directory, "cgroup.procs"))
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0)
            {
                pids.Add(pid);
            }
        }

        return pids;
    }

    /// <summary>Makes one directory; false when it was there.</summary>
    /// <exception cref="SyscallException">mkdir failed for another reason.</exception>
    internal static bool MakeDirectory(string path)
    {
        if (Native.MakeDirectory(path, 0b111_101_101) == 0)
        {
            return true;
        }

        Errno error = Syscall.LastError;
        return error == Errno.EEXIST ? false : throw new SyscallException("mkdir", $"\"{path}\"", error);
    }

    /// <summary>Removes one cgroup; <see cref="Errno.None"/> when it is gone, also when it never was there.</summary>
    internal static Errno RemoveDirectory(string path)
    {
        Errno error = Native.RemoveDirectory(path) == 0 ? Errno.None : Syscall.LastError;
        return error == Errno.ENOENT ? Errno.None : error;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int MakeDirectory(string path, uint mode);

        [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int RemoveDirectory(string path);
    }
}
