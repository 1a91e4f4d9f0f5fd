using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.Cli.Checks;

/// <summary>The host kernel can join a pod's interface with a guest: tried with a cable and a tap in a namespace that lives no longer than the check.</summary>
internal sealed class NetworkCheck() : HostCheck("pod network")
{
    private const string Vhost = "/dev/vhost-net";
    private const string Remedy = "load what the kernel has as modules: modprobe -a tun veth sch_ingress cls_u32 act_mirred; until then use --network none or user";

    internal override Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken) => Task.FromResult(Check(subject));

    private CheckResult Check(CheckSubject subject)
    {
        string model = subject.Configuration.Config.Runtime.InternetworkingModel;
        if (model == "none")
        {
            return Passed("internetworking_model is \"none\": guests get no interface");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return Noted("only root can try it", "run as root");
        }

        try
        {
            Try(model);
            string vhost = File.Exists(Vhost) ? $"packets move in the kernel ({Vhost})" : $"packets move in the VMM, since there is no {Vhost}";
            return Passed($"{model} works; {vhost}");
        }
        catch (SkerryException error)
        {
            return Noted($"{model} does not work: {ErrorReport.OneLine(error)}", Remedy);
        }
    }

    private static void Try(string model)
    {
        using FileDescriptor space = NetworkNamespace.Create();
        using RouteNetlink netlink = RouteNetlink.OpenIn(space);
        netlink.CreateVeth("eth0", "peer");
        int index = netlink.FindLink("eth0")!.Index;
        if (model == "macvtap")
        {
            netlink.CreateMacvtap("macvtap0", index);
            return;
        }

        using TapDevice tap = TapDevice.CreateIn(space, "tap0");
        netlink.JoinLinks(index, netlink.FindLink("tap0")!.Index);
    }
}
