using System.Text.Json;
using Skerry.GuestAssets.Disks;
using Skerry.GuestAssets.Rootfs;
using Skerry.GuestAssets.Tests.Disks;

namespace Skerry.GuestAssets.Tests;

public sealed class PackageDatabaseTests : IDisposable
{
    private const string Status = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u14\nDescription: C library\n more: text\n\n"
        + "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: base-files\nStatus: install ok installed\nVersion: 1:12.4\nArchitecture: amd64\n";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Dpkg_NamesWhatIsInstalled() => Assert.Equal(
        ["pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64", "pkg:deb/debian/base-files@1%3A12.4?arch=amd64"],
        PackageDatabase.Dpkg(Status, "debian").Select(package => package.Url));

    [Fact]
    public void Apk_NamesWhatIsInstalled() => Assert.Equal(
        [new InstalledPackage("musl", "1.2.5-r0", "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64")],
        PackageDatabase.Apk("C:Q1x\nP:musl\nV:1.2.5-r0\nA:x86_64\nF:lib\n\n"));

    [Fact]
    public void TheBill_ListsAgentAndPackages_InSpdx()
    {
        var rootfs = new RootfsDirectory(_scratch);
        rootfs.Add("var/lib/dpkg/status", Status);
        rootfs.Add("etc/os-release", "NAME=x\nID=ubuntu\n");
        byte[] bill = BillOfMaterials.Write(RootfsTree.Read(rootfs.Path), "root", new byte[32], 0);
        Assert.Equal(bill, BillOfMaterials.Write(RootfsTree.Read(rootfs.Path), "root", new byte[32], 0));
        using JsonDocument document = JsonDocument.Parse(bill);
        JsonElement root = document.RootElement;
        Assert.Equal("SPDX-2.3", root.GetProperty("spdxVersion").GetString());
        Assert.Equal("1970-01-01T00:00:00Z", root.GetProperty("creationInfo").GetProperty("created").GetString());
        Assert.Equal(["root", "skerry-agent", "base-files", "libc6"], root.GetProperty("packages").EnumerateArray().Select(package => package.GetProperty("name").GetString()));
        Assert.Contains("pkg:deb/ubuntu/libc6", System.Text.Encoding.UTF8.GetString(bill), StringComparison.Ordinal);
    }
}
