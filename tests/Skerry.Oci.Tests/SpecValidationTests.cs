namespace Skerry.Oci.Tests;

public sealed class SpecValidationTests
{
    private static readonly OciSpec Good = DefaultSpec.Create(new DefaultSpecOptions { Id = "c1", Args = ["/bin/sh"] });

    [Fact]
    public void TheDefaultSpec_HasNoFault() => Assert.Empty(Good.Validate());

    [Fact]
    public void EveryFault_IsReportedAtOnce()
    {
        OciSpec spec = new()
        {
            Process = new OciProcess { Cwd = "tmp", OomScoreAdj = 2000, Rlimits = [new OciRlimit { Type = "nofile", Soft = 2, Hard = 1 }] },
            Linux = new OciLinux { Namespaces = [new OciNamespace { Type = "pid" }, new OciNamespace { Type = "pid", Path = "x" }] },
        };
        OciException error = Assert.Throws<OciException>(() => spec.EnsureValid());
        Assert.Equal(
            [
                "ociVersion: missing",
                "root.path: missing",
                "process.args: must not be empty",
                "process.cwd: \"tmp\" is not an absolute path",
                "process.oomScoreAdj: 2000 is not from -1000 to 1000",
                "process.rlimits[0].type: \"nofile\" is not a limit such as RLIMIT_NOFILE",
                "process.rlimits[0].soft: 2 is above the hard limit 1",
                "linux.namespaces[1].type: \"pid\" is listed twice",
                "linux.namespaces[1].path: \"x\" is not an absolute path",
            ],
            error.Faults);
        Assert.StartsWith("config.json has 9 faults:", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, OciSpec> Faulty => new()
    {
        { "ociVersion: \"2.0.0\"", Good with { OciVersion = "2.0.0" } },
        { "process: missing", Good with { Process = null } },
        { "process.args[0]: null", Good with { Process = Good.Process! with { Args = ["a\0b"] } } },
        { "process.env[1]: \"=x\"", Good with { Process = Good.Process! with { Env = ["A=", "=x"] } } },
        { "mounts[0].destination: missing", Good with { Mounts = [new OciMount { Source = "/a" }] } },
        { "hooks.poststop[0].path: \"a\"", Good with { Hooks = new OciHooks { Poststop = [new OciHook { Path = "a" }] } } },
        { "hooks.prestart[0].timeout: 0", Good with { Hooks = new OciHooks { Prestart = [new OciHook { Path = "/a", Timeout = 0 }] } } },
        { "linux.maskedPaths[0]: \"x\"", Good with { Linux = Good.Linux! with { MaskedPaths = ["x"] } } },
        { "linux.rootfsPropagation: \"often\"", Good with { Linux = Good.Linux! with { RootfsPropagation = "often" } } },
        { "linux.devices[0].type: \"x\"", Good with { Linux = Good.Linux! with { Devices = [new OciDevice { Path = "/dev/x", Type = "x" }] } } },
        { "linux.seccomp.defaultAction: \"\"", Good with { Linux = Good.Linux! with { Seccomp = new OciSeccomp() } } },
        {
            "linux.resources.devices[0].access: \"rx\"",
            Good with { Linux = Good.Linux! with { Resources = new OciResources { Devices = [new OciDeviceRule { Access = "rx" }] } } }
        },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void OneFault_IsTheOnlyOneReported(string fault, OciSpec spec) =>
        Assert.StartsWith(fault, Assert.Single(spec.Validate()), StringComparison.Ordinal);
}
