using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>The life of a task under runc and under Skerry: the manager's words, refusals and events compare.</summary>
public sealed class ContainerdLifeTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    /// <summary>What is done to one container, in this order; ID stands for its name.</summary>
    private static readonly string[][] Steps =
    [
        ["tasks", "exec", "--exec-id", "user", "--user", "1000", "--cwd", "/etc", "ID", "sh", "-c", "id; pwd"],
        ["tasks", "exec", "--exec-id", "missing", "ID", "no-such-command"],
        ["tasks", "exec", "--exec-id", "nowhere", "--cwd", "/nowhere", "ID", "pwd"],
        ["run", "-d", BusyboxImage.Name, "ID", "true"],
        ["tasks", "delete", "ID"],
        ["tasks", "pause", "ID"],
        ["tasks", "resume", "ID"],
        ["tasks", "kill", "-s", "KILL", "ID"],
        ["AWAIT", "STOPPED"],
        ["tasks", "kill", "ID"],
        ["tasks", "exec", "--exec-id", "late", "ID", "true"],
        ["tasks", "pause", "ID"],
        ["tasks", "delete", "ID"],
        ["tasks", "kill", "ID"],
        ["tasks", "delete", "ID"],
        ["containers", "delete", "ID"],
    ];

    [Fact]
    public async Task EveryStepOfATasksLife_IsAnsweredAlikeUnderRuncAndSkerry()
    {
        ContainerdHost host = await fixture.HostAsync();
        Assert.Equal(await LiveAsync(host, ContainerdHost.RuncRuntime, "life-r"), await LiveAsync(host, ContainerdHost.SkerryRuntime, "life-s"));
    }

    [Theory]
    [InlineData(ContainerdHost.RuncRuntime, "stopped-metrics-r")]
    [InlineData(ContainerdHost.SkerryRuntime, "stopped-metrics-s")]
    public async Task AStoppedTask_StillHasItsMetrics(string runtime, string id)
    {
        ContainerdHost host = await fixture.HostAsync();
        await host.StartContainerAsync(runtime, id, [], "true");
        await Eventually.TrueAsync(async () => await host.TaskStatusAsync(id) == "STOPPED", $"{id} has stopped", TimeSpan.FromSeconds(60));
        ToolResult metrics = (await host.CtrAsync("tasks", "metrics", id)).Ok();
        Assert.Contains("memory", metrics.Output);
        (await host.CtrAsync("tasks", "delete", id)).Ok();
        (await host.CtrAsync("containers", "delete", id)).Ok();
    }

    [Fact]
    public async Task Events_ComeInRuncsOrder_WithRuncsContent()
    {
        ContainerdHost host = await fixture.HostAsync();
        Assert.Equal(await EventsAsync(host, ContainerdHost.RuncRuntime, "ev-r"), await EventsAsync(host, ContainerdHost.SkerryRuntime, "ev-s"));
    }

    [Fact]
    public async Task AnExecsTerminal_HasItsSize_AndFollowsIt()
    {
        ContainerdHost host = await fixture.HostAsync();
        await using var container = await RunningContainer.StartAsync(host, "resize");
        string exec = $"ctr -a {host.Address} -n test tasks exec -t --exec-id size resize sh -c 'stty size; while [ \"$(stty size)\" = \"20 77\" ]; do sleep 0.1; done; stty size; exit 9'";
        using Process script = Tool.Start("script", ["-qec", $"stty rows 20 cols 77; tty; {exec}", "/dev/null"], host.EnvironmentVariables);
        string terminal = await ReadLineAsync(script);
        Assert.Equal("20 77", await ReadLineAsync(script));
        (await Tool.RunAsync("stty", ["-F", terminal, "rows", "33", "cols", "99"])).Ok();
        Assert.Equal("33 99", await ReadLineAsync(script));
        await script.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Tool.DefaultLimit);
        Assert.Equal(9, script.ExitCode);
    }

    [Theory]
    [InlineData("in-empty", "", "0")]
    [InlineData("in-line", "line\n", "1")]
    public async Task AnExecsInput_EndsAsItsClientsDoes(string id, string input, string lines)
    {
        ContainerdHost host = await fixture.HostAsync();
        await using var container = await RunningContainer.StartAsync(host, id);
        ToolResult result = await host.CtrWithInputAsync(input, "tasks", "exec", "--exec-id", "input", id, "wc", "-l");
        Assert.Equal(lines, result.Ok().Output.Trim());
    }

    /// <summary>The next line with something in it: guest's and host's terminal each add a carriage return, which read as empty lines.</summary>
    private static async Task<string> ReadLineAsync(Process process)
    {
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync().WaitAsync(Tool.DefaultLimit);
        }
        while (line is not null && string.IsNullOrWhiteSpace(line));
        return (line ?? "(end)").Trim();
    }

    /// <summary>One line per step: its exit code, output and error, without what names the runtime, container or time.</summary>
    private static async Task<string> LiveAsync(ContainerdHost host, string runtime, string id)
    {
        await host.StartContainerAsync(runtime, id, [], "sleep", "1000");
        var answers = new List<string>();
        foreach (string[] step in Steps)
        {
            if (step[0] == "AWAIT")
            {
                await Eventually.TrueAsync(async () => await host.TaskStatusAsync(id) == step[1], $"{id} is {step[1]}");
                continue;
            }

            ToolResult result = await host.CtrAsync(step.Select(word => word == "ID" ? id : word));
            string error = string.Join('\n', result.Error.Split('\n').Where(line => line.StartsWith("ctr: ", StringComparison.Ordinal)));
            error = error.Replace("exec failed: unable to start container process: ", string.Empty, StringComparison.Ordinal);
            answers.Add($"{string.Join(' ', step)} -> {result.ExitCode}: {result.Output}{error}".Replace(id, "ID", StringComparison.Ordinal));
        }

        return string.Join('\n', answers);
    }

    /// <summary>The task events of a container that execs, pauses, resumes, runs out of memory and ends.</summary>
    private static async Task<string> EventsAsync(ContainerdHost host, string runtime, string id)
    {
        using Process events = host.StartCtr("events");
        var seen = new List<string>();
        var outOfMemory = new HashSet<string>();
        var ranOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = Task.Run(async () =>
        {
            while (await events.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.Contains(" /tasks/", StringComparison.Ordinal))
                {
                    // The kernel says when memory runs out, once or more often, before or after the events beside it: those come last, once.
                    string described = Describe(line[(line.IndexOf(" /tasks/", StringComparison.Ordinal) + 1)..], id);
                    if (described.StartsWith("/tasks/oom", StringComparison.Ordinal))
                    {
                        outOfMemory.Add(described);
                        ranOut.TrySetResult();
                    }
                    else
                    {
                        seen.Add(described);
                    }

                    if (line.Contains("/tasks/delete", StringComparison.Ordinal))
                    {
                        return;
                    }
                }
            }
        });

        // While the limit is reached nothing in the container may need memory but the one process that the kernel is to choose:
        // what is charged to the one that dies is given back a moment later, and who asks in that moment makes the kernel choose once more.
        await host.StartContainerAsync(runtime, id, ["--memory-limit", "33554432"], "sh", "-c", "trap 'exit 5' TERM; sleep 1000 & wait");
        await host.CtrAsync("tasks", "exec", "--exec-id", "e1", id, "sh", "-c", "exit 3");
        (await host.CtrAsync("tasks", "pause", id)).Ok();
        (await host.CtrAsync("tasks", "resume", id)).Ok();
        await host.CtrAsync("tasks", "exec", "--exec-id", "hungry", id, "sh", "-c", "echo 1000 > /proc/self/oom_score_adj; exec tail /dev/zero");
        await ranOut.Task.WaitAsync(Tool.DefaultLimit);
        (await host.CtrAsync("tasks", "kill", "-s", "TERM", id)).Ok();
        await Eventually.TrueAsync(async () => await host.TaskStatusAsync(id) == "STOPPED", $"{id} has stopped");
        await host.CtrAsync("tasks", "delete", id);
        await reading.WaitAsync(Tool.DefaultLimit);
        events.Kill();
        (await host.CtrAsync("containers", "delete", id)).Ok();
        return string.Join('\n', seen.Concat(outOfMemory));
    }

    private static string Describe(string topicAndBody, string id)
    {
        int space = topicAndBody.IndexOf(' ', StringComparison.Ordinal);
        using JsonDocument body = JsonDocument.Parse(topicAndBody[space..]);
        IEnumerable<string> known = ((string[])["container_id", "id", "exec_id", "exit_status"])
            .Where(name => body.RootElement.TryGetProperty(name, out _))
            .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name}={body.RootElement.GetProperty(name)}"));
        return $"{topicAndBody[..space]} {string.Join(' ', known)}".Replace(id, "ID", StringComparison.Ordinal);
    }
}
