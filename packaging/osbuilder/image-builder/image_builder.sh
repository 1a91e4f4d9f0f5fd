#!/usr/bin/env bash
# Makes a disk image from a root file system, under the name and options that Kata's users know.
#   image_builder.sh [-o IMAGE] [-r MIB] [-f ext4|xfs|erofs] [-h] ROOTFS
# Environment: IMAGE (as -o), FS_TYPE (as -f), MEASURED_ROOTFS=yes adds a dm-verity hash tree, whose root hash is printed and lies beside
# the image. AGENT_INIT, USE_DOCKER and -r are accepted: the root file system tells its init, nothing is needed of a container engine,
# and an image that is mounted read-only has no use for free space.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

usage() { sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

image=${IMAGE:-kata-containers.img}
type=${FS_TYPE:-ext4}
while getopts "o:r:f:h" option; do
    case "$option" in
        o) image=$OPTARG ;;
        r) echo "notice: -r $OPTARG has no effect: the image is as large as its content" >&2 ;;
        f) type=$OPTARG ;;
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

arguments=(--format "$type" --rootfs "$1" --output "$image")
if is_yes "${MEASURED_ROOTFS:-no}"; then arguments+=(--verity); fi
exec "$(find_skerry)" image build "${arguments[@]}"
