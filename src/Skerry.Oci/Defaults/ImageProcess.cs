using Skerry.Core;

namespace Skerry.Oci;

/// <summary>Merges how an image wants to be run with what a person asked for, as Docker and <c>ctr run</c> do.</summary>
/// <param name="Args">The program and its arguments.</param>
/// <param name="Env">The whole environment.</param>
/// <param name="Cwd">The working directory.</param>
/// <param name="User">The user as text, for <see cref="UserResolver"/>; empty means root.</param>
public sealed record ImageProcess(IReadOnlyList<string> Args, IReadOnlyList<string> Env, string Cwd, string User)
{
    /// <summary>The search path of an image that sets none.</summary>
    public const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Merges <paramref name="image"/> with <paramref name="request"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument when neither names a program.</exception>
    public static ImageProcess Merge(OciImageDefaults? image, ImageProcessRequest request)
    {
        image ??= new OciImageDefaults();
        IReadOnlyList<string> args = MergeArgs(image, request);
        if (args.Count == 0)
        {
            throw new SkerryException(
                FailureKind.InvalidArgument,
                "no command specified: the image has neither an entry point nor a command",
                "name the program after the image");
        }

        return new ImageProcess(
            args,
            MergeEnv(image.Env, request),
            FirstNonEmpty(request.Cwd, image.WorkingDir) ?? "/",
            FirstNonEmpty(request.User, image.User) ?? string.Empty);
    }

    // As in Docker: arguments replace the command and keep the entry point; a new entry point drops the image's command.
    private static IReadOnlyList<string> MergeArgs(OciImageDefaults image, ImageProcessRequest request)
    {
        IReadOnlyList<string> entrypoint = request.Entrypoint ?? image.Entrypoint;
        IReadOnlyList<string> command = request.Args.Count > 0 ? request.Args : request.Entrypoint is null ? image.Cmd : [];
        return [.. entrypoint, .. command];
    }

    private static List<string> MergeEnv(IReadOnlyList<string> image, ImageProcessRequest request)
    {
        var env = new List<string>();
        IEnumerable<string> defaults = request.Terminal ? [DefaultPath, "TERM=xterm"] : [DefaultPath];
        foreach (string entry in defaults.Concat(image).Concat(request.Env))
        {
            string key = entry.Split('=', 2)[0];
            int present = env.FindIndex(other => other.Split('=', 2)[0] == key);
            if (present < 0)
            {
                env.Add(entry);
            }
            else
            {
                env[present] = entry;
            }
        }

        return env;
    }

    private static string? FirstNonEmpty(string? first, string? second) =>
        !string.IsNullOrEmpty(first) ? first : !string.IsNullOrEmpty(second) ? second : null;
}
