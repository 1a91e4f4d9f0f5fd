using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Bootstrap;
using Skerry.Protocols.Shim.RuntimeOptions;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Ttrpc;

namespace Skerry.SystemTests.Hosts;

/// <summary>
/// The shim as containerd 2 drives it with <c>sandboxer = "shim"</c>, which the containerd of this distribution does not know: a bundle
/// without config.json, <c>start</c>, then calls over the socket it names. Checks on disposal that nothing is left behind.
/// </summary>
public sealed class SandboxApiShim : IAsyncDisposable
{
    private const string Namespace = "k8s.io";
    private static readonly string s_program = Path.Combine(Checkout.BinDirectory, "containerd-shim-skerry-v2");
    private readonly string _directory = Directory.CreateTempSubdirectory("sky-").FullName;
    private TtrpcClient? _client;

    private SandboxApiShim(string id) => Id = id;

    public string Id { get; }

    public string StateDirectory => Path.Combine(_directory, "run");

    /// <summary>The sandbox's bundle, as the sandbox controller makes it.</summary>
    public string Bundle => Path.Combine(_directory, "sandboxes", Namespace, Id);

    public string WorkDirectory => _directory;

    public Leftovers Leftovers => new(_directory);

    public TtrpcClient Client => _client ?? throw new InvalidOperationException("not connected");

    /// <summary>As containerd from 2.3 on: parameters on standard input with the runtime options in them, a message as the answer.</summary>
    public static async Task<SandboxApiShim> StartAsync(string id, string configuration)
    {
        SandboxApiShim shim = Make(id);
        string file = Path.Combine(shim._directory, "configuration.toml");
        await File.WriteAllTextAsync(file, configuration);
        var parameters = new BootstrapParams { InstanceId = id, Namespace = Namespace, ContainerdVersion = "v2.3.4", SocketDir = Path.Combine(shim._directory, "s") };
        parameters.Extensions.Add(new Protocols.Shim.Bootstrap.Extension { Value = AnyMessage.Pack("runtimeoptions.v1.Options", new Options { ConfigPath = file }) });
        var answer = BootstrapResult.Parser.ParseFrom(await shim.CallAsync(shim.Bundle, parameters.ToByteArray(), id, "start"));
        Assert.Equal((3, "ttrpc"), (answer.Version, answer.Protocol));
        await shim.ConnectAsync(answer.Address);
        return shim;
    }

    /// <summary>As containerd 2.0 to 2.2: the options alone, a plain address as the answer.</summary>
    public static async Task<SandboxApiShim> StartPlainAsync(string id)
    {
        SandboxApiShim shim = Make(id);
        Any options = AnyMessage.Pack("runtimeoptions.v1.Options", new Options());
        byte[] answer = await shim.CallAsync(shim.Bundle, options.ToByteArray(), id, "start");
        await shim.ConnectAsync(System.Text.Encoding.UTF8.GetString(answer));
        return shim;
    }

    /// <summary><c>delete</c>, as containerd runs it when the connection is lost.</summary>
    public async Task<DeleteResponse> DeleteAsync() => DeleteResponse.Parser.ParseFrom(await CallAsync(Bundle, [], Id, "-bundle", Bundle, "delete"));

    /// <summary>Calls the sandbox service.</summary>
    public Task<TResponse> SandboxAsync<TRequest, TResponse>(string method, TRequest request, MessageParser<TResponse> parser)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => Client.CallAsync(ServiceNames.Sandbox, method, request, parser, Tool.DefaultLimit, TestContext.Current.CancellationToken);

    /// <summary>Calls the task service that a containerd calls which knows the Sandbox API.</summary>
    public Task<TResponse> TaskAsync<TRequest, TResponse>(string method, TRequest request, MessageParser<TResponse> parser)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => Client.CallAsync(ServiceNames.TaskV3, method, request, parser, Tool.DefaultLimit, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        // After a test that failed on the way.
        if (HostProcesses.TryFind("containerd-shim-skerry-v2", _directory) is not null)
        {
            await DeleteAsync();
        }

        await Leftovers.AssertNoneAsync();
        Assert.Empty(Directory.Exists(Path.Combine(_directory, "s")) ? Directory.GetFileSystemEntries(Path.Combine(_directory, "s")) : []);
        Directory.Delete(_directory, recursive: true);
    }

    private static SandboxApiShim Make(string id)
    {
        Checkout.RequireVm();
        var shim = new SandboxApiShim(id);
        Directory.CreateDirectory(Path.Combine(shim.Bundle, "rootfs"));
        return shim;
    }

    private async Task ConnectAsync(string address)
    {
        Assert.StartsWith("unix://", address, StringComparison.Ordinal);
        Assert.Equal(address, await File.ReadAllTextAsync(Path.Combine(Bundle, "address")));
        _client = new TtrpcClient(await UnixSockets.ConnectAsync(address["unix://".Length..], TestContext.Current.CancellationToken));
    }

    private async Task<byte[]> CallAsync(string directory, byte[] input, string id, params string[] action)
    {
        var start = new ProcessStartInfo(s_program)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["-namespace", Namespace, "-address", Path.Combine(_directory, "c.sock"), "-publish-binary", "/bin/false", "-id", id, .. action])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SKERRY_STATE_DIR"] = StateDirectory;
        start.Environment.Remove("TTRPC_ADDRESS");
        using Process process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        using var output = new MemoryStream();
        Task<string> words = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output).WaitAsync(Tool.DefaultLimit);
        await process.WaitForExitAsync().WaitAsync(Tool.DefaultLimit);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', action)} ended with {process.ExitCode}: {await words}");
        return output.ToArray();
    }
}
