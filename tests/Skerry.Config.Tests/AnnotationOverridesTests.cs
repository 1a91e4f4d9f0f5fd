using Skerry.Config.Annotations;

namespace Skerry.Config.Tests;

public sealed class AnnotationOverridesTests : IDisposable
{
    private const string Hypervisor = "io.katacontainers.config.hypervisor.";
    private const string Runtime = "io.katacontainers.config.runtime.";
    private const string Agent = "io.katacontainers.config.agent.";

    private readonly ConfigScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void EnabledAnnotations_ChangeTheConfigurationAndItsOrigins()
    {
        LoadedConfiguration loaded = Apply(string.Empty, (Hypervisor + "default_memory", "640"), (Hypervisor + "default_vcpus", "1.5"), ("other", "x"));
        Assert.Equal(640u, loaded.Config.Hypervisor.DefaultMemoryMiB);
        Assert.Equal(1.5, loaded.Config.Hypervisor.DefaultVcpus);
        Assert.Equal($"annotation {Hypervisor}default_memory", loaded.OriginOf("hypervisor.default_memory").ToString());
    }

    [Fact]
    public void WithoutAnnotationsOfOurs_NothingChanges()
    {
        LoadedConfiguration before = _scene.Load(string.Empty);
        Assert.Same(before, AnnotationOverrides.Apply(before, new Dictionary<string, string> { ["io.kubernetes.cri.container-type"] = "sandbox" }));
    }

    [Fact]
    public void AnAnnotationThatIsNotEnabled_FailsAndIsNamedWithTheRemedy()
    {
        string fault = Assert.Single(Faults(string.Empty, (Hypervisor + "machine_type", "q35")));
        Assert.Contains(Hypervisor + "machine_type", fault, StringComparison.Ordinal);
        Assert.Contains("add it to enable_annotations in [hypervisor.qemu]", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TheExpressions_MustMatchTheWholeName()
    {
        Assert.Single(Faults("enable_annotations = ['kernel']", (Hypervisor + "kernel_params", "a")));
        Assert.Single(Faults("enable_annotations = ['_params']", (Hypervisor + "kernel_params", "a")));
        Assert.Single(Faults("enable_annotations = ['kernel|x']", (Hypervisor + "kernel_params", "a")));
        Assert.Equal("a", Apply("enable_annotations = ['kernel_.*']", (Hypervisor + "kernel_params", "a")).Config.Hypervisor.KernelParams);
        Assert.Equal("a", Apply("enable_annotations = ['.*']", (Hypervisor + "kernel_params", "a")).Config.Hypervisor.KernelParams);
    }

    [Fact]
    public void RuntimeAndAgentAnnotations_NeedNoLeave()
    {
        SkerryConfig config = Apply(
            "enable_annotations = []",
            (Runtime + "disable_guest_seccomp", "true"),
            (Runtime + "create_container_timeout", "7"),
            (Agent + "kernel_modules", "e1000e InterruptThrottleRate=3000,3000; i915"),
            (Agent + "container_pipe_size", "4096")).Config;
        Assert.True(config.Runtime.DisableGuestSeccomp);
        Assert.Equal(TimeSpan.FromSeconds(7), config.Agent.CreateContainerTimeout);
        Assert.Equal(["e1000e InterruptThrottleRate=3000,3000", "i915"], config.Agent.KernelModules);
        Assert.Equal(4096u, config.Agent.ContainerPipeSizeBytes);
    }

    [Fact]
    public void KernelParameters_ReplaceThoseOfTheSameName() =>
        Assert.Equal("quiet x=\"a b\" loglevel=7 y", Apply("kernel_params = 'quiet loglevel=3 x=\"a b\"'", (Hypervisor + "kernel_params", "loglevel=7 y")).Config.Hypervisor.KernelParams);

    [Fact]
    public void APath_MustBeAnExistingFileOfTheList()
    {
        string good = _scene.Write("bin/qemu-a", string.Empty);
        _scene.Write("other/qemu-b", string.Empty);
        string settings = $"enable_annotations = ['path']\nvalid_hypervisor_paths = ['{_scene.Root}/bin/qemu-*']";
        Assert.Equal(good, Apply(settings, (Hypervisor + "path", good)).Config.Hypervisor.Path);
        Assert.Contains("valid_hypervisor_paths", Assert.Single(Faults(settings, (Hypervisor + "path", _scene.Root + "/other/qemu-b"))), StringComparison.Ordinal);
        Assert.Single(Faults(settings, (Hypervisor + "path", _scene.Root + "/bin/qemu-missing")));
        Assert.Single(Faults(settings, (Hypervisor + "path", _scene.Root + "/bin/../bin/qemu-a")));
    }

    [Fact]
    public void EveryFaultyAnnotation_IsReported()
    {
        IReadOnlyList<string> faults = Faults(
            "enable_annotations = ['.*']",
            (Hypervisor + "default_memory", "10"),
            (Hypervisor + "kernel_hash", "00"),
            (Hypervisor + "enable_hugepages", "maybe"),
            (Agent + "policy", "cGFja2FnZQ=="));
        Assert.Equal(4, faults.Count);
        Assert.Contains(faults, fault => fault.Contains("32 to", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("not compared with a hash", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("true or false", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("does not enforce a policy", StringComparison.Ordinal));
    }

    [Fact]
    public void AnAnnotationWithoutEffect_IsNamedInAWarningWithTheReason() =>
        Assert.Contains("(enable_iommu)", Assert.Single(Apply(string.Empty, (Hypervisor + "enable_iommu", "true")).Warnings).Message, StringComparison.Ordinal);

    [Fact]
    public void AMisspeltAnnotation_IsAnErrorThatAsksWhatWasMeant() =>
        Assert.Contains(
            $"did you mean \"{Hypervisor}default_memory\"?",
            Assert.Throws<ConfigurationException>(() => Apply(string.Empty, (Hypervisor + "default_memroy", "1"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void AnAnnotatedInitrd_TakesThePlaceOfTheConfiguredImage()
    {
        HypervisorConfig config = Apply("image = '/i'\nenable_annotations = ['initrd']", (Hypervisor + "initrd", "/x")).Config.Hypervisor;
        Assert.Null(config.Image);
        Assert.Equal("/x", config.Initrd);
    }

    [Fact]
    public void TheMaximumOfProcessors_GoesByItsOwnName() =>
        Assert.Equal(3u, Apply("enable_annotations = ['default_max_vcpus']", (Hypervisor + "default_max_vcpus", "3")).Config.Hypervisor.DefaultMaxVcpus);

    [Theory]
    [InlineData("[\"-o\", \"a/b\"]", new[] { "-o", "a/b" })]
    [InlineData("-o,a", new[] { "-o", "a" })]
    public void Lists_AreReadInBothDialects(string text, string[] expected) =>
        Assert.Equal(expected, Apply("enable_annotations = ['virtio_fs_extra_args']", (Hypervisor + "virtio_fs_extra_args", text)).Config.Hypervisor.VirtioFsExtraArgs);

    private LoadedConfiguration Apply(string hypervisorKeys, params (string Name, string Value)[] annotations) =>
        AnnotationOverrides.Apply(_scene.Load($"[hypervisor.qemu]\n{hypervisorKeys}\n"), annotations.ToDictionary(pair => pair.Name, pair => pair.Value));

    private IReadOnlyList<string> Faults(string hypervisorKeys, params (string Name, string Value)[] annotations) =>
        [.. Assert.Throws<ConfigurationException>(() => Apply(hypervisorKeys, annotations)).Faults.Select(fault => fault.ToString())];
}
