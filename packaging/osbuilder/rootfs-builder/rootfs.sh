#!/usr/bin/env bash
# Makes a guest's root file system, under the name and options that Kata's users know.
#   rootfs.sh [-l] [-a] [-r DIR] [-t DISTRO] [-h] [DISTRO]
# Environment: ROOTFS_DIR (as -r), AGENT_INIT=yes|no, AGENT_SOURCE_BIN (the agent's program), EXTRA_PKGS ("a b"), KERNEL_MODULES_DIR,
# OS_VERSION (the release), REPO_URL (the mirror). SECCOMP and USE_DOCKER are accepted: the agent always filters system calls,
# and no container engine is needed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

usage() { sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

skerry=$(find_skerry)
directory=${ROOTFS_DIR:-}
while getopts "lar:t:h" option; do
    case "$option" in
        l) exec "$skerry" image rootfs --list ;;
        a)
            echo "x86_64: tested; aarch64: unproven"
            exit 0
            ;;
        r) directory=$OPTARG ;;
        t)
            # Whether the recipe of DISTRO exists; Kata prints its test configuration here, and ours has none.
            "$skerry" image rootfs --list | grep -E "^$OPTARG " || fail "there is no recipe for \"$OPTARG\""
            exit 0
            ;;
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

arguments=("$1" --output "${directory:-$PWD/rootfs-$1}")
# Kata's default is systemd with the agent as its service; the agent alone has no systemd.
if [ "$1" != tiny ] && ! is_yes "${AGENT_INIT:-no}"; then arguments+=(--systemd); fi
[ -z "${AGENT_SOURCE_BIN:-}" ] || arguments+=(--agent "$AGENT_SOURCE_BIN")
[ -z "${KERNEL_MODULES_DIR:-}" ] || arguments+=(--modules "$KERNEL_MODULES_DIR")
[ -z "${OS_VERSION:-}" ] || arguments+=(--suite "$OS_VERSION")
[ -z "${REPO_URL:-}" ] || arguments+=(--mirror "$REPO_URL")
for package in ${EXTRA_PKGS:-}; do arguments+=(--package "$package"); done
exec "$skerry" image rootfs "${arguments[@]}"
