namespace Skerry.Oci;

/// <summary>Collects every fault of a spec, so that a user mends the file once and not line by line.</summary>
internal sealed class SpecValidator(OciSpec spec)
{
    private static readonly string[] NamespaceTypes = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"];

    private static readonly string[] Propagations =
        ["private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable"];

    private readonly List<string> _faults = [];

    internal IReadOnlyList<string> Run()
    {
        CheckVersion();
        CheckRoot();
        _faults.AddRange(spec.Process is null ? ["process: missing"] : ProcessValidator.Run(spec.Process, "process"));
        CheckMounts();
        CheckHooks();
        if (spec.Linux is not null)
        {
            CheckLinux(spec.Linux);
            CheckResources(spec.Linux.Resources);
            CheckSeccomp(spec.Linux.Seccomp);
        }

        return _faults;
    }

    private void CheckVersion()
    {
        if (spec.OciVersion.Length == 0)
        {
            _faults.Add("ociVersion: missing");
        }
        else if (!spec.OciVersion.StartsWith("1.", StringComparison.Ordinal))
        {
            _faults.Add($"ociVersion: \"{spec.OciVersion}\" is not supported, expected 1.x");
        }
    }

    private void CheckRoot()
    {
        if (string.IsNullOrEmpty(spec.Root?.Path))
        {
            _faults.Add("root.path: missing");
        }
    }

    private void CheckMounts()
    {
        for (int i = 0; i < spec.Mounts.Count; i++)
        {
            if (spec.Mounts[i].Destination.Length == 0)
            {
                _faults.Add($"mounts[{i}].destination: missing");
            }
        }
    }

    private void CheckHooks()
    {
        if (spec.Hooks is not { } hooks)
        {
            return;
        }

        CheckHookList(hooks.Prestart, "prestart");
        CheckHookList(hooks.CreateRuntime, "createRuntime");
        CheckHookList(hooks.CreateContainer, "createContainer");
        CheckHookList(hooks.StartContainer, "startContainer");
        CheckHookList(hooks.Poststart, "poststart");
        CheckHookList(hooks.Poststop, "poststop");
    }

    private void CheckHookList(IReadOnlyList<OciHook> hooks, string name)
    {
        for (int i = 0; i < hooks.Count; i++)
        {
            RequireAbsolute(hooks[i].Path, $"hooks.{name}[{i}].path");
            if (hooks[i].Timeout <= 0)
            {
                _faults.Add($"hooks.{name}[{i}].timeout: {hooks[i].Timeout} is not above 0");
            }
        }
    }

    private void CheckLinux(OciLinux linux)
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < linux.Namespaces.Count; i++)
        {
            CheckNamespace(linux.Namespaces[i], $"linux.namespaces[{i}]", seen);
        }

        for (int i = 0; i < linux.Devices.Count; i++)
        {
            RequireAbsolute(linux.Devices[i].Path, $"linux.devices[{i}].path");
            RequireOneOf(linux.Devices[i].Type, ["c", "b", "u", "p"], $"linux.devices[{i}].type");
        }

        RequireAllAbsolute(linux.MaskedPaths, "linux.maskedPaths");
        RequireAllAbsolute(linux.ReadonlyPaths, "linux.readonlyPaths");
        if (!string.IsNullOrEmpty(linux.RootfsPropagation))
        {
            RequireOneOf(linux.RootfsPropagation, Propagations, "linux.rootfsPropagation");
        }

        if (linux.Sysctl.Keys.Any(key => key.Length == 0 || key.Contains("..", StringComparison.Ordinal)))
        {
            _faults.Add("linux.sysctl: a name is empty or holds \"..\"");
        }
    }

    private void CheckNamespace(OciNamespace ns, string where, HashSet<string> seen)
    {
        RequireOneOf(ns.Type, NamespaceTypes, $"{where}.type");
        if (!seen.Add(ns.Type))
        {
            _faults.Add($"{where}.type: \"{ns.Type}\" is listed twice");
        }

        if (!string.IsNullOrEmpty(ns.Path))
        {
            RequireAbsolute(ns.Path, $"{where}.path");
        }
    }

    private void CheckResources(OciResources? resources)
    {
        for (int i = 0; i < resources?.Devices.Count; i++)
        {
            OciDeviceRule rule = resources.Devices[i];
            if (!string.IsNullOrEmpty(rule.Type))
            {
                RequireOneOf(rule.Type, ["a", "c", "b"], $"linux.resources.devices[{i}].type");
            }

            if (rule.Access?.Any(letter => letter is not ('r' or 'w' or 'm')) == true)
            {
                _faults.Add($"linux.resources.devices[{i}].access: \"{rule.Access}\" is not made of r, w and m");
            }
        }

        if (resources?.Memory?.Swappiness > 100)
        {
            _faults.Add($"linux.resources.memory.swappiness: {resources.Memory.Swappiness} is not from 0 to 100");
        }
    }

    private void CheckSeccomp(OciSeccomp? seccomp)
    {
        if (seccomp is null)
        {
            return;
        }

        RequireAction(seccomp.DefaultAction, "linux.seccomp.defaultAction");
        for (int i = 0; i < seccomp.Syscalls.Count; i++)
        {
            OciSyscall rule = seccomp.Syscalls[i];
            RequireAction(rule.Action, $"linux.seccomp.syscalls[{i}].action");
            if (rule.Names.Count == 0)
            {
                _faults.Add($"linux.seccomp.syscalls[{i}].names: empty");
            }

            for (int j = 0; j < rule.Args.Count; j++)
            {
                if (rule.Args[j].Index > 5)
                {
                    _faults.Add($"linux.seccomp.syscalls[{i}].args[{j}].index: {rule.Args[j].Index} is not from 0 to 5");
                }
            }
        }
    }

    private void RequireAction(string action, string where)
    {
        if (!action.StartsWith("SCMP_ACT_", StringComparison.Ordinal))
        {
            _faults.Add($"{where}: \"{action}\" is not an action such as SCMP_ACT_ALLOW");
        }
    }

    private void RequireAllAbsolute(IReadOnlyList<string> paths, string where)
    {
        for (int i = 0; i < paths.Count; i++)
        {
            RequireAbsolute(paths[i], $"{where}[{i}]");
        }
    }

    private void RequireAbsolute(string path, string where)
    {
        if (!path.StartsWith('/'))
        {
            _faults.Add(path.Length == 0 ? $"{where}: missing" : $"{where}: \"{path}\" is not an absolute path");
        }
    }

    private void RequireOneOf(string value, string[] allowed, string where)
    {
        if (!allowed.Contains(value))
        {
            _faults.Add($"{where}: \"{value}\" is not one of {string.Join(", ", allowed)}");
        }
    }
}
