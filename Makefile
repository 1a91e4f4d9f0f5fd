# Everything a user or a developer does with a checkout. `make help` lists the targets.
PREFIX  ?= /opt/skerry
DESTDIR ?=
OUT     := $(CURDIR)/out

.DEFAULT_GOAL := help
.PHONY: help demo build kernel image packages test test-unit test-vm check bench fuzz install uninstall clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: ## set everything up and run a container in its own micro-VM
	@eng/demo.sh

packages: ## install the Debian packages that building and running need
	@eng/packages.sh run build

build: ## build the programs into out/bin
	@eng/build.sh

kernel: build ## build a minimal guest kernel from Debian's source (10 minutes); image and demo then use it
	@eng/guest-kernel.sh

image: build ## make the guest kernel and initramfs in out/share/skerry
	@eng/guest-image.sh

test: ## run all tests: unit, then real VMs, then containerd
	@eng/test.sh all

test-unit: ## run the tests that need no VM
	@eng/test.sh unit

test-vm: ## run the tests that boot VMs
	@eng/test.sh vm

check: ## style, analyzers, net10.0 build, shell scripts
	@eng/check.sh

bench: ## measure against bare QEMU, runc's shim and raw bytes; results in bench/results
	@eng/bench.sh

fuzz: ## fuzz every parser of untrusted bytes, MINUTES=10 each
	@eng/fuzz.sh

install: image ## install into $(DESTDIR)$(PREFIX)
	@eng/install.sh "$(DESTDIR)" "$(PREFIX)"

uninstall: ## remove what install put there
	@eng/install.sh --remove "$(DESTDIR)" "$(PREFIX)"

clean: ## remove everything built
	rm -rf out
	find src tests bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
