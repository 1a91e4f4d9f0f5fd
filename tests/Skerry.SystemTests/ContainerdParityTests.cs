using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests;

/// <summary>The same command under runc and under Skerry: output, exit code and error text compare.</summary>
public sealed class ContainerdParityTests(ContainerdFixture fixture) : IClassFixture<ContainerdFixture>
{
    private static readonly string[] s_reasons = ["exec: ", "error mounting "];

    public static TheoryData<string, string[], string[]> SameUnderBoth => new()
    {
        { "output", [], ["echo", "hello"] },
        { "exit-code", [], ["sh", "-c", "exit 7"] },
        { "stderr", [], ["sh", "-c", "echo out; echo err >&2; exit 3"] },
        { "killed-by-signal", [], ["sh", "-c", "kill -9 $$"] },
        { "environment", ["--env", "A=1", "--env", "B=two words"], ["sh", "-c", "echo $A; echo $B"] },
        { "cwd", ["--cwd", "/etc"], ["pwd"] },
        { "user", ["--user", "1000:1000"], ["id"] },
        { "user-by-name", ["--user", "user"], ["sh", "-c", "id -u; id -g"] },
        { "read-only", ["--read-only"], ["sh", "-c", "touch /x 2>&1; echo $?"] },
        { "pid-one", [], ["sh", "-c", "echo $$; set -- /proc/[0-9]*; echo $#"] },
        { "capabilities", [], ["grep", "Cap", "/proc/self/status"] },
        { "cap-add", ["--cap-add", "CAP_SYS_ADMIN"], ["grep", "Cap", "/proc/self/status"] },
        { "cap-drop", ["--cap-drop", "CAP_CHOWN"], ["grep", "Cap", "/proc/self/status"] },
        { "no-new-privs", [], ["grep", "NoNewPrivs", "/proc/self/status"] },
        { "rlimit", ["--rlimit-nofile", "512"], ["sh", "-c", "ulimit -n"] },
        { "masked-paths", [], ["sh", "-c", "cat /proc/timer_list | wc -c; ls /proc/scsi | wc -l"] },
        { "readonly-paths", [], ["sh", "-c", "echo 1 2>&1 >/proc/sys/kernel/printk; echo $?"] },
        { "devices", [], ["sh", "-c", "ls /dev; ls -l /dev/null /dev/zero /dev/random /dev/tty | cut -c1-10"] },
        { "seccomp", ["--seccomp"], ["grep", "Seccomp:", "/proc/self/status"] },
        { "mount-file", ["--mount", "type=bind,src=/etc/hostname,dst=/etc/given,options=rbind:ro"], ["sh", "-c", "cat /etc/given; echo x >/etc/given; grep -c ' /etc/given ' /proc/mounts"] },
        { "mount-tmpfs", ["--mount", "type=tmpfs,src=tmpfs,dst=/scratch,options=size=1m:mode=750:nosuid"], ["sh", "-c", "stat -c %a /scratch; head -c 2000000 /dev/zero >/scratch/x; stat -c %s /scratch/x"] },
        { "no-pivot", ["--no-pivot"], ["ls", "/"] },
        { "seccomp-default", ["--seccomp"], ["sh", "-c", "unshare -U true; echo $?; unshare -m true; echo $?"] },
        { "binary-output", [], ["sh", "-c", "head -c 300000 /dev/zero | md5sum; head -c 100000 /dev/zero | tr '\\0' x"] },
        { "working-shell", [], ["sh", "-c", "for i in 1 2 3; do echo $i; done | sort -r"] },
        { "mount-copyup", ["--mount", "type=tmpfs,src=tmpfs,dst=/etc,options=tmpcopyup"], ["sh", "-c", "ls /etc; cat /etc/passwd; stat -c %a /etc; touch /etc/new"] },
        { "mount-read-only-tree", ["--mount", "type=bind,src=/etc,dst=/m,options=rbind:rro"], ["sh", "-c", "touch /m/skerry-was-here; echo $?"] },
        { "mount-tmpfs-ro", ["--mount", "type=tmpfs,src=tmpfs,dst=/m,options=ro"], ["sh", "-c", "touch /m/x; grep -c ' /m ' /proc/mounts"] },
        { "mount-covered", ["--mount", "type=tmpfs,src=tmpfs,dst=/etc"], ["stat", "-c", "%a", "/etc"] },
        { "mount-no-such-type", ["--mount", "type=nosuchfs,src=x,dst=/m"], ["true"] },
        { "mount-bad-option", ["--mount", "type=tmpfs,src=tmpfs,dst=/m,options=foo=bar"], ["true"] },
        { "mount-no-source", ["--mount", "type=bind,src=/no/such/source,dst=/m,options=rbind:ro"], ["true"] },
        { "privileged", ["--privileged"], ["sh", "-c", "grep Cap /proc/self/status; readlink /dev/ptmx; touch /sys/x"] },
        { "device-rules", ["--cap-add", "CAP_SYS_ADMIN"], ["sh", "-c", "mknod /tmp/disk b 254 0; head -c 1 /tmp/disk; echo $?; head -c 1 /dev/zero | wc -c"] },
        { "hostname", [], ["hostname"] },
        { "masked-devices", [], ["sh", "-c", "chmod 600 /proc/keys; stat -c %a /dev/null"] },
        { "empty-command", [], [""] },
        { "missing-command", [], ["no-such-command"] },
        { "missing-path", [], ["/no/such/path"] },
        { "not-executable", [], ["/bin/not-executable"] },
    };

    [Theory]
    [MemberData(nameof(SameUnderBoth))]
    public async Task ACommand_EndsAlikeUnderRuncAndSkerry(string name, string[] flags, string[] command)
    {
        ContainerdHost host = await fixture.HostAsync();
        ToolResult runc = await host.RunAsync(ContainerdHost.RuncRuntime, $"{name}-r", flags, command);
        ToolResult skerry = await host.RunAsync(ContainerdHost.SkerryRuntime, $"{name}-s", flags, command);

        Assert.Equal(Comparable(runc), Comparable(skerry));
    }

    [Fact]
    public async Task ASeccompProfile_FiltersAlikeUnderRuncAndSkerry()
    {
        ContainerdHost host = await fixture.HostAsync();
        string profile = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(profile, """
                {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
                 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}
                """);
            string[] flags = ["--seccomp", "--seccomp-profile", profile];
            string[] command = ["sh", "-c", "mkdir /tmp/x; echo $?; touch /tmp/y; echo $?; grep Seccomp /proc/self/status"];
            ToolResult runc = await host.RunAsync(ContainerdHost.RuncRuntime, "profile-r", flags, command);
            ToolResult skerry = await host.RunAsync(ContainerdHost.SkerryRuntime, "profile-s", flags, command);
            Assert.Equal(Comparable(runc), Comparable(skerry));
            Assert.Contains("Permission denied", skerry.Error);
        }
        finally
        {
            File.Delete(profile);
        }
    }

    /// <summary>Not compared with runc: with Debian's ctr a short or empty input can leave runc's process waiting for ever.</summary>
    [Theory]
    [InlineData("stdin", "one\ntwo\n", "2")]
    [InlineData("stdin-empty", "", "0")]
    public async Task StandardInput_ReachesTheProcess_AndItsEndToo(string id, string input, string lines)
    {
        ContainerdHost host = await fixture.HostAsync();
        ToolResult result = await host.CtrWithInputAsync(
            input, "run", "--rm", "--runtime", ContainerdHost.SkerryRuntime, BusyboxImage.Name, id, "wc", "-l");
        Assert.Equal(lines, result.Ok().Output.Trim());
    }

    /// <summary>What must be alike: output, exit code, and the reason of a failure without the words that name the runtime.</summary>
    private static (string Output, int ExitCode, string Error) Comparable(ToolResult result)
    {
        int reason = s_reasons.Max(words => result.Error.IndexOf(words, StringComparison.Ordinal));
        string error = reason < 0 ? result.Error : result.Error[reason..];
        return (result.Output, result.ExitCode, error.Replace(RuncsDetour(error), string.Empty, StringComparison.Ordinal).Trim());
    }

    /// <summary>runc names the descriptor it mounts through, as in " (via /proc/self/fd/6)".</summary>
    private static string RuncsDetour(string error)
    {
        int start = error.IndexOf(" (via /proc/", StringComparison.Ordinal);
        return start < 0 ? "(none)" : error[start..(error.IndexOf(')', start) + 1)];
    }
}
