using Skerry.Hypervisor;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>Starts <see cref="FakeMachine"/>s.</summary>
internal sealed class FakeHypervisor(FakeAgentOptions options) : IHypervisor
{
    internal List<FakeMachine> Machines { get; } = [];

    /// <summary>What the last machine was asked to be.</summary>
    internal MachineConfig? LastConfig { get; private set; }

    internal Exception? Failure { get; set; }

    public HypervisorCapabilities Capabilities { get; } = new()
    {
        Name = "fake",
        MachineTypes = ["microvm"],
        SerialGuestChannel = true,
        VirtioFs = true,
        Pause = true,
        HotPlugMachineTypes = [],
        MaxVcpus = 1,
    };

    public Task<IVirtualMachine> StartAsync(MachineConfig config, CancellationToken cancellationToken)
    {
        LastConfig = config;
        if (Failure is { } failure)
        {
            throw failure;
        }

        var machine = new FakeMachine(options, config.HotPlugSlots);
        Machines.Add(machine);
        return Task.FromResult<IVirtualMachine>(machine);
    }
}
