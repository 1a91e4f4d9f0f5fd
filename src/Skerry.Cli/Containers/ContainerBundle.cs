using Skerry.Core;
using Skerry.Images;
using Skerry.Images.Mounting;
using Skerry.Linux;
using Skerry.Oci;
using Skerry.Protocols.Types;
using Skerry.Sandbox;

namespace Skerry.Cli.Containers;

/// <summary>
/// The OCI bundle of one container: <c>bundle/config.json</c> and <c>bundle/rootfs</c>, and beside it the directories of
/// its writable layer. The shim mounts the root; this only says how.
/// </summary>
internal sealed record ContainerBundle
{
    private const int MostAccountFileBytes = 1 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The bundle's directory.</summary>
    public required string Path { get; init; }

    /// <summary>What is mounted at the bundle's rootfs, in order.</summary>
    public required IReadOnlyList<Mount> RootMounts { get; init; }

    /// <summary>The directories of the root file system, highest first: where a file is looked up without mounting anything.</summary>
    public required IReadOnlyList<string> RootDirectories { get; init; }

    /// <summary>The command after the image's defaults were applied.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Where the bundle of a container is, given the container's directory.</summary>
    public static string PathIn(string containerDirectory) => System.IO.Path.Combine(containerDirectory, "bundle");

    /// <summary>Writes the bundle of a new container.</summary>
    /// <exception cref="SkerryException">InvalidArgument for an option that cannot be met: unknown user, capability, limit …</exception>
    public static ContainerBundle Create(string containerDirectory, ContainerId id, StoredImage image, RunOptions options)
    {
        string path = PathIn(containerDirectory);
        Directory.CreateDirectory(path, OwnerOnly);
        Directory.CreateDirectory(System.IO.Path.Combine(path, "rootfs"));
        ImageProcess process = ImageProcess.Merge(image.Config.Config, new ImageProcessRequest
        {
            Args = options.Command,
            Entrypoint = options.Entrypoint is null ? null : options.Entrypoint.Length == 0 ? [] : [options.Entrypoint],
            Env = EnvironmentArguments.Read(options.EnvironmentFiles, options.Environment),
            Cwd = options.WorkDirectory,
            User = options.User,
            Terminal = options.Terminal,
        });
        ResolvedUser user = ResolveUser([.. image.LayerDirectories.Reverse()], process.User);
        OciSpec spec = DefaultSpec.Create(new DefaultSpecOptions
        {
            Id = id.Value,
            Args = process.Args,
            Env = WithHome(process.Env, user),
            Cwd = process.Cwd,
            User = user.ToOciUser(),
            Hostname = options.Hostname,
            ReadOnlyRoot = options.ReadOnly,
            AddedCapabilities = options.AddedCapabilities,
            DroppedCapabilities = options.DroppedCapabilities,
            Rlimits = [.. options.Ulimits.Select(Ulimit.Parse)],
            MemoryBytes = options.Memory is null ? null : SizeArgument.ParseBytes(options.Memory),
            Cpus = options.Cpus,
            Mounts =
            [
                .. options.Network.WriteFiles(containerDirectory, options.Hostname ?? id.Value),
                .. options.Volumes.Select(MountArgument.ParseVolume),
                .. options.TemporaryFileSystems.Select(MountArgument.ParseTmpfs),
            ],
            Terminal = options.Terminal,
            NetworkNamespacePath = options.Network.NamespacePath,
            Annotations = Annotations(options),
        });
        File.WriteAllBytes(System.IO.Path.Combine(path, "config.json"), spec.ToJson());
        return new ContainerBundle
        {
            Path = path,
            RootMounts = [RootMount(image, containerDirectory)],
            RootDirectories = [System.IO.Path.Combine(containerDirectory, "upper"), .. image.LayerDirectories.Reverse()],
            Command = process.Args,
        };
    }

    /// <summary>The spec of an existing container.</summary>
    public static OciSpec ReadSpec(string containerDirectory) =>
        OciSpec.Parse(File.ReadAllBytes(System.IO.Path.Combine(PathIn(containerDirectory), "config.json")));

    /// <summary>Resolves <c>user[:group]</c> against the account files of a root file system.</summary>
    /// <param name="directories">The layers of the root file system, highest first.</param>
    /// <param name="user">As asked for.</param>
    /// <exception cref="SkerryException">InvalidArgument for an unknown name.</exception>
    public static ResolvedUser ResolveUser(IReadOnlyList<string> directories, string user) =>
        UserResolver.Resolve(user, ReadText(directories, "etc/passwd"), ReadText(directories, "etc/group"));

    private static Dictionary<string, string> Annotations(RunOptions options)
    {
        var annotations = new Dictionary<string, string>(options.Network.Annotations());
        if (options.Timeline)
        {
            annotations[SandboxTimeline.Annotation] = "true";
        }

        return annotations;
    }

    private static Mount RootMount(StoredImage image, string containerDirectory)
    {
        RootfsMount mount = RootfsMount.Prepare(image, containerDirectory);
        return new Mount { Type = RootfsMount.Type, Source = RootfsMount.Type, Options = { mount.Options } };
    }

    private static string ReadText(IReadOnlyList<string> directories, string file)
    {
        byte[]? content = directories.Select(directory => RootedFiles.TryRead(directory, file, MostAccountFileBytes)).FirstOrDefault(bytes => bytes is not null);
        return content is null ? string.Empty : System.Text.Encoding.UTF8.GetString(content);
    }

    private static IReadOnlyList<string> WithHome(IReadOnlyList<string> environment, ResolvedUser user) =>
        environment.Any(entry => entry.StartsWith("HOME=", StringComparison.Ordinal)) ? environment : [.. environment, $"HOME={user.Home}"];
}
