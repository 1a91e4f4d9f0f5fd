using System.Diagnostics;
using Skerry.Linux.Netlink;

namespace Skerry.Linux.Tests.Netlink;

/// <summary>A network namespace of one test.</summary>
internal sealed class TestNamespace : IDisposable
{
    internal TestNamespace()
    {
        Root.Require();
        Descriptor = NetworkNamespace.Create();
        Netlink = RouteNetlink.OpenIn(Descriptor);
    }

    internal FileDescriptor Descriptor { get; }

    internal RouteNetlink Netlink { get; }

    /// <summary>The interface of that name.</summary>
    internal Link this[string name] => Netlink.FindLink(name) ?? throw new InvalidOperationException($"no link {name}");

    /// <summary>Makes an interface that is up, one end of a cable within the namespace.</summary>
    internal Link AddCable(string name)
    {
        Netlink.CreateVeth(name, name + "-peer");
        Netlink.SetUp(this[name + "-peer"].Index);
        Netlink.SetUp(this[name].Index);
        return this[name];
    }

    /// <summary>What iproute2 prints inside, without needless blanks; the test is skipped where it is not installed.</summary>
    internal string Run(string program, string arguments)
    {
        string path = $"/usr/sbin/{program}";
        Assert.SkipUnless(File.Exists(path), $"{path} is not installed");
        string own = $"/proc/{Environment.ProcessId}/fd/{Descriptor.Number}";
        using Process process = Process.Start(new ProcessStartInfo("nsenter", $"--net={own} {path} {arguments}") { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    public void Dispose()
    {
        Netlink.Dispose();
        Descriptor.Dispose();
    }
}
