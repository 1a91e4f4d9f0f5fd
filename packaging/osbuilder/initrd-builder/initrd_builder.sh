#!/usr/bin/env bash
# Makes an initramfs from a root file system, under the name and options that Kata's users know.
#   initrd_builder.sh [-o INITRD] [-h] ROOTFS
# Environment: INITRD_IMAGE (as -o). AGENT_INIT is accepted; the root file system must have been made with AGENT_INIT=yes, since systemd
# does not run from an initramfs.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

usage() { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

initrd=${INITRD_IMAGE:-kata-containers-initrd.img}
while getopts "o:h" option; do
    case "$option" in
        o) initrd=$OPTARG ;;
        h)
            usage
            exit 0
            ;;
        *)
            usage >&2
            exit 1
            ;;
    esac
done
shift $((OPTIND - 1))
[ $# = 1 ] || { usage >&2; exit 1; }

exec "$(find_skerry)" image build --format initramfs --rootfs "$1" --output "$initrd"
