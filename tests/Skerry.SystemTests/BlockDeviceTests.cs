using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>Block devices of the host that containers have: plugged into the machine while it runs, and taken away again.</summary>
public sealed class BlockDeviceTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    [Fact]
    public async Task ADevice_IsTheContainersAlone_AndGoesWithIt()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using LoopDevice disk = await LoopDevice.CreateAsync("written by the host");
        await using LoopDevice readOnly = await LoopDevice.CreateAsync("not to be changed", "-r");
        await host.StartContainerAsync(
            ContainerdHost.SkerryRuntime, "disks", ["--device", disk.Path, "--device", readOnly.Path], "sh", "-c", "exec sleep 1000");

        // Its number is the guest's, whose first disk it is; its size and what is on it are the host's.
        Assert.Equal("written by the host", await ShellAsync(host, $"head -c 19 {disk.Path}"));
        Assert.Matches("^brw.* 25[0-9], +[0-9]+ ", await ShellAsync(host, $"ls -l {disk.Path}"));
        Assert.Equal((16 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture), await ShellAsync(host, $"wc -c <{disk.Path}"));
        await ShellAsync(host, $"printf 'written by the guest' | dd of={disk.Path} bs=512 seek=1 conv=notrunc,fsync 2>/dev/null");
        Assert.Equal("written by the guest", await disk.ReadAsync(512, 20));

        // What the host cannot write, the guest cannot; and other disks of the machine are out of reach.
        Assert.Equal("not to be changed", await ShellAsync(host, $"head -c 17 {readOnly.Path}"));
        Assert.Equal("refused", await ShellAsync(host, $"printf x 2>/dev/null >{readOnly.Path} && sync || echo refused"));
        Assert.Equal("not to be changed", await readOnly.ReadAsync(0, 17));

        (await host.CtrAsync("tasks", "kill", "-s", "SIGKILL", "disks")).Ok();
        await Eventually.TrueAsync(async () => await host.TaskStatusAsync("disks") == "STOPPED", "the container has ended");
        (await host.CtrAsync("tasks", "delete", "disks")).Ok();
        (await host.CtrAsync("containers", "delete", "disks")).Ok();
        await host.LeftoversOf("disks").AssertNoneAsync();
    }

    [Fact]
    public async Task WhatCannotBePlugged_IsRefusedInWords_AndLeavesNothing()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using LoopDevice disk = await LoopDevice.CreateAsync("unused");
        string config = Path.Combine(host.StateDirectory, "..", "microvm.toml");
        await File.WriteAllTextAsync(config, "[hypervisor.qemu]\nmachine_type = \"microvm\"\n");
        ToolResult refused = await host.RunAsync(ContainerdHost.SkerryRuntime, "nodisk", ["--runtime-config-path", config, "--device", disk.Path], "true");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"as \"{disk.Path}\", but the sandbox's machine is a microvm", refused.Error);
        Assert.Contains("set machine_type = \"q35\"", refused.Error);
        await host.LeftoversOf("nodisk").AssertNoneAsync();
    }

    private static async Task<string> ShellAsync(ContainerdHost host, string script) =>
        (await host.CtrAsync("tasks", "exec", "--exec-id", $"e{Guid.NewGuid():N}", "disks", "sh", "-c", script)).Ok().Output.TrimEnd('\n');
}
