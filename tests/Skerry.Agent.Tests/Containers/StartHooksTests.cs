using System.Text.Json;
using Skerry.Agent.Containers;

namespace Skerry.Agent.Tests.Containers;

public sealed class StartHooksTests
{
    [Fact]
    public void TheStateOfAHook_IsJson_WhateverTheAnnotationsHold()
    {
        byte[] state = StartHooks.StateOf("c1", 7, new Dictionary<string, string> { ["a\"b"] = "line\nbreak\\", ["c"] = string.Empty });
        JsonElement root = JsonDocument.Parse(state).RootElement;
        Assert.Equal(("c1", "created", 7), (root.GetProperty("id").GetString(), root.GetProperty("status").GetString(), root.GetProperty("pid").GetInt32()));
        Assert.Equal("line\nbreak\\", root.GetProperty("annotations").GetProperty("a\"b").GetString());
    }
}
