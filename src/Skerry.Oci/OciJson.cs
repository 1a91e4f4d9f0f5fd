using System.Collections;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Skerry.Oci;

/// <summary>Reads and writes OCI documents. Errors name the document, the JSON path, the line and the column.</summary>
public static class OciJson
{
    private static readonly JsonSerializerOptions Runtime = MakeOptions(OciJsonContext.Default.WithAddedModifier(LeaveOutEmptyLists));
    private static readonly JsonSerializerOptions Image = MakeOptions(OciJsonContext.Default);

    /// <summary>Reads the spec of an additional process (exec).</summary>
    /// <exception cref="OciException">The document is not valid JSON, or a value has the wrong type.</exception>
    public static OciProcess ParseProcess(ReadOnlySpan<byte> json, string name = "process.json") => Parse<OciProcess>(json, name, Runtime);

    /// <summary>Reads resources, the body of an update.</summary>
    /// <exception cref="OciException">The document is not valid JSON, or a value has the wrong type.</exception>
    public static OciResources ParseResources(ReadOnlySpan<byte> json, string name = "resources") => Parse<OciResources>(json, name, Runtime);

    /// <summary>Reads a state.</summary>
    /// <exception cref="OciException">The document is not valid JSON, or a value has the wrong type.</exception>
    public static OciState ParseState(ReadOnlySpan<byte> json, string name = "state") => Parse<OciState>(json, name, Runtime);

    /// <summary>Reads an image index, or Docker's manifest list.</summary>
    /// <exception cref="OciException">The document is not valid JSON, or a value has the wrong type.</exception>
    public static OciIndex ParseIndex(ReadOnlySpan<byte> json, string name = "index.json") => Parse<OciIndex>(json, name, Image);

    /// <summary>Reads an image manifest.</summary>
    /// <exception cref="OciException">The document is not valid JSON, or a value has the wrong type.</exception>
    public static OciManifest ParseManifest(ReadOnlySpan<byte> json, string name = "manifest") => Parse<OciManifest>(json, name, Image);

    /// <summary>Reads an image configuration.</summary>
    /// <exception cref="OciException">The document is not valid JSON, or a value has the wrong type.</exception>
    public static OciImageConfig ParseImageConfig(ReadOnlySpan<byte> json, string name = "image configuration") =>
        Parse<OciImageConfig>(json, name, Image);

    /// <summary>Writes the spec of a process.</summary>
    public static byte[] Write(OciProcess process) => JsonSerializer.SerializeToUtf8Bytes(process, TypeInfo<OciProcess>(Runtime));

    /// <summary>Writes resources.</summary>
    public static byte[] Write(OciResources resources) => JsonSerializer.SerializeToUtf8Bytes(resources, TypeInfo<OciResources>(Runtime));

    /// <summary>Writes a state.</summary>
    public static byte[] Write(OciState state) => JsonSerializer.SerializeToUtf8Bytes(state, TypeInfo<OciState>(Runtime));

    /// <summary>Writes an image index.</summary>
    public static byte[] Write(OciIndex index) => JsonSerializer.SerializeToUtf8Bytes(index, TypeInfo<OciIndex>(Image));

    /// <summary>Writes an image manifest.</summary>
    public static byte[] Write(OciManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, TypeInfo<OciManifest>(Image));

    /// <summary>Writes an image configuration.</summary>
    public static byte[] Write(OciImageConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, TypeInfo<OciImageConfig>(Image));

    internal static byte[] Write(OciSpec spec) => JsonSerializer.SerializeToUtf8Bytes(spec, TypeInfo<OciSpec>(Runtime));

    internal static OciSpec ParseSpec(ReadOnlySpan<byte> json, string name) => Parse<OciSpec>(json, name, Runtime);

    private static T Parse<T>(ReadOnlySpan<byte> json, string name, JsonSerializerOptions options)
        where T : class
    {
        ReadOnlySpan<byte> bom = Encoding.UTF8.Preamble;
        ReadOnlySpan<byte> text = json.StartsWith(bom) ? json[bom.Length..] : json;
        try
        {
            if (NullEntries.Find(text) is { } path)
            {
                throw new OciException($"{name}: {path}: null is not allowed here");
            }

            return JsonSerializer.Deserialize(text, TypeInfo<T>(options)) ?? throw new OciException($"{name}: expected an object, found null");
        }
        catch (JsonException error)
        {
            throw new OciException(JsonFault.Describe(name, text, error));
        }
        catch (InvalidOperationException error)
        {
            // How the reader refuses bytes that are not UTF-8, and halves of surrogate pairs.
            throw new OciException($"{name}: holds text that is not valid Unicode", error);
        }
    }

    private static JsonTypeInfo<T> TypeInfo<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    // Go's strings may hold any text, and people read these files: escape only what JSON demands.
    private static JsonSerializerOptions MakeOptions(IJsonTypeInfoResolver resolver) => new(OciJsonContext.Default.Options)
    {
        TypeInfoResolver = resolver,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    private static void LeaveOutEmptyLists(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)))
            {
                property.ShouldSerialize = static (_, value) => value is IEnumerable list && list.GetEnumerator().MoveNext();
            }
        }
    }
}
