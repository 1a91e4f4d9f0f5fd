using System.Text.Json;
using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>Reads and writes a sandbox's record; a reader sees the old or the new one, never half of one.</summary>
public static class SandboxRecordFile
{
    /// <summary>Writes <paramref name="record"/> beside the old one and renames it over.</summary>
    public static void Write(string path, SandboxRecord record)
    {
        string temporary = path + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(record, SandboxRecordContext.Default.SandboxRecord));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads the record at <paramref name="path"/>; null when there is none.</summary>
    /// <exception cref="SkerryException">InvalidArgument when it is damaged or from a newer Skerry.</exception>
    public static SandboxRecord? TryRead(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            SandboxRecord? record = JsonSerializer.Deserialize(File.ReadAllBytes(path), SandboxRecordContext.Default.SandboxRecord);
            return record is { Version: <= SandboxRecord.CurrentVersion }
                ? record
                : throw new SkerryException(FailureKind.InvalidArgument, $"{path} was written by a newer Skerry");
        }
        catch (JsonException error)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"{path} is damaged", cause: error);
        }
    }
}
