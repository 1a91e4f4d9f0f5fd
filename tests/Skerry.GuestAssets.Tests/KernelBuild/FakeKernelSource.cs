namespace Skerry.GuestAssets.Tests.KernelBuild;

/// <summary>
/// A tree that answers make as a kernel's source does, in milliseconds: it knows the options A, B and MODULES, drops B where A is not
/// set, and "compiles" a program that says "Linux version", and a module where MODULES is set.
/// </summary>
internal sealed class FakeKernelSource
{
    private const string Makefile = """
        objects := $(O)
        .PHONY: allnoconfig olddefconfig vmlinux bzImage modules modules_install

        allnoconfig:
        	@printf '%s\n' '# CONFIG_A is not set' '# CONFIG_B is not set' 'CONFIG_MODULES=y' > $(objects)/.config

        olddefconfig:
        	@grep -q '^CONFIG_A=y' $(objects)/.config || sed -i '/CONFIG_B=/d' $(objects)/.config

        vmlinux:
        	@if [ -e STALL ]; then touch "$$(cat STALL)"; while [ -e "$$(cat STALL)" ]; do sleep 0.1; done; fi
        	@if [ -e FAIL ]; then cat FAIL; exit 1; fi
        	@echo 'const char banner[] = "Linux version 6.1.99 $(KBUILD_BUILD_USER) $(KBUILD_BUILD_TIMESTAMP)"; void _start(void) {}' > $(objects)/banner.c
        	@gcc -nostdlib -static -Wl,--build-id=none -o $(objects)/vmlinux $(objects)/banner.c

        bzImage: vmlinux
        	@mkdir -p $(objects)/arch/x86/boot $(objects)/arch/arm64/boot
        	@cat $(objects)/vmlinux > $(objects)/arch/x86/boot/bzImage

        modules: vmlinux
        	@echo 'a module' > $(objects)/fake.ko

        modules_install:
        	@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.1.99/kernel
        	@cp $(objects)/fake.ko $(INSTALL_MOD_PATH)/lib/modules/6.1.99/kernel/
        	@ln -s $(objects) $(INSTALL_MOD_PATH)/lib/modules/6.1.99/build
        """;

    private readonly ScratchDirectory _scratch;

    internal FakeKernelSource(ScratchDirectory scratch)
    {
        _scratch = scratch;
        Write("Makefile", Makefile + "\n");
        Write("Kconfig", "config A\nconfig B\nconfig MODULES\n");
        Fragment("base.conf", "CONFIG_A=y\nCONFIG_B=y\n");
    }

    internal string Tree => Path.Combine(_scratch.Path, "tree");

    internal string Fragments => Path.Combine(_scratch.Path, "fragments");

    internal void Write(string name, string text) => _scratch.File(Path.Combine("tree", name), System.Text.Encoding.ASCII.GetBytes(text));

    internal void Fragment(string name, string text) => _scratch.File(Path.Combine("fragments", name), System.Text.Encoding.ASCII.GetBytes(text));
}
