#!/usr/bin/env bash
# Installs the Debian packages that Skerry needs, those that are missing only. Asks nothing, says what it installs.
#   eng/packages.sh run|build|kernel|image|demo|test ...
set -euo pipefail
. "$(dirname "$0")/common.sh"

# What running a container needs: the VMM, its virtio-fs daemon, tools that unpack kernels and images.
run=(qemu-system-x86 qemu-system-common xz-utils zstd kmod)
# What a build needs besides the .NET SDK 10: NativeAOT links with gcc.
build=(gcc binutils libc6-dev zlib1g-dev make)
# What building a guest kernel needs besides: the source itself is downloaded, not installed. Tests take its steps on small sources.
kernel=(gcc binutils make flex bison bc libelf-dev libssl-dev lz4 xz-utils patch)
# What `skerry image build` makes disk images and root file systems with.
image=(e2fsprogs erofs-utils xfsprogs mmdebstrap)
# What the demo makes its image from.
demo=(busybox-static)
# What the tests drive: a container manager, the runtime they compare with, image tools, the plugins of a node's network.
test=(containerd runc libseccomp2 busybox-static cpio lz4 bsdutils skopeo umoci shellcheck iproute2 attr libcap2-bin containernetworking-plugins iptables cryptsetup-bin)

wanted=()
for group in "$@"; do
    case "$group" in
        run) wanted+=("${run[@]}") ;;
        build) wanted+=("${build[@]}") ;;
        kernel) wanted+=("${kernel[@]}") ;;
        image) wanted+=("${image[@]}") ;;
        demo) wanted+=("${demo[@]}") ;;
        test) wanted+=("${test[@]}") ;;
        *) fail "unknown group of packages \"$group\"; use run, build, kernel, image, demo or test" ;;
    esac
done

missing=()
for package in "${wanted[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

[ "$(id -u)" = 0 ] || fail "these Debian packages are missing: ${missing[*]}; run as root, or install them with apt-get"
say "installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get update -q && apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install ${missing[*]}"
fi
