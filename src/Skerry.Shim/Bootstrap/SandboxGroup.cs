using System.Text.Json;
using Skerry.Core;

namespace Skerry.Shim;

/// <summary>Which sandbox a container belongs to, as containerd's CRI plugin, CRI-O and cri-dockerd write it into annotations.</summary>
/// <param name="Role">What the container is to its sandbox.</param>
/// <param name="Sandbox">The sandbox.</param>
internal readonly record struct SandboxGroup(ContainerRole Role, SandboxId Sandbox)
{
    private static readonly (string TypeKey, string IdKey)[] Conventions =
    [
        ("io.kubernetes.cri.container-type", "io.kubernetes.cri.sandbox-id"),
        ("io.kubernetes.cri-o.ContainerType", "io.kubernetes.cri-o.SandboxID"),
        ("io.kubernetes.docker.type", "io.kubernetes.sandbox.id"),
    ];

    /// <summary>The group of container <paramref name="id"/> whose spec has <paramref name="annotations"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a pod's container that does not name its sandbox, or for a bad id.</exception>
    internal static SandboxGroup Of(string id, IReadOnlyDictionary<string, string> annotations)
    {
        foreach ((string typeKey, string idKey) in Conventions)
        {
            switch (annotations.GetValueOrDefault(typeKey))
            {
                case "sandbox" or "podsandbox":
                    return new SandboxGroup(ContainerRole.Sandbox, SandboxId.Parse(id));
                case "container":
                    return annotations.TryGetValue(idKey, out string? sandbox)
                        ? new SandboxGroup(ContainerRole.Member, SandboxId.Parse(sandbox))
                        : throw new SkerryException(FailureKind.InvalidArgument, $"container \"{id}\" is part of a pod, but has no annotation {idKey}");
                default:
                    break;
            }
        }

        return new SandboxGroup(ContainerRole.Single, SandboxId.Parse(id));
    }

    /// <summary>The annotations of a bundle's config.json, read without building the whole document; empty when there is no such file.</summary>
    /// <exception cref="SkerryException">InvalidArgument when the file is not JSON.</exception>
    internal static IReadOnlyDictionary<string, string> ReadAnnotations(string configPath)
    {
        if (!File.Exists(configPath))
        {
            return new Dictionary<string, string>();
        }

        try
        {
            return ReadAnnotations(File.ReadAllBytes(configPath));
        }
        catch (JsonException error)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"{configPath} is not valid JSON", cause: error);
        }
    }

    private static Dictionary<string, string> ReadAnnotations(ReadOnlySpan<byte> json)
    {
        var annotations = new Dictionary<string, string>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                bool wanted = reader.ValueTextEquals("annotations"u8);
                reader.Read();
                if (wanted && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadMap(ref reader, annotations);
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return annotations;
    }

    private static void ReadMap(ref Utf8JsonReader reader, Dictionary<string, string> map)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                map[key] = reader.GetString()!;
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
