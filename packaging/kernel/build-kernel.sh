#!/usr/bin/env bash
# Builds a guest kernel under the name and with the options that users of Kata Containers know. The work is done by
# "skerry kernel"; this only says the same in other words.
set -euo pipefail

usage() {
    cat <<'USAGE'
usage: build-kernel.sh [OPTION]... setup|build|install
  setup    get the source, patch it, make and check the configuration
  build    compile (after setup where that was not done)
  install  put the kernel into share/skerry/kernel, or $DESTDIR$PREFIX/share/skerry/kernel when PREFIX is set
options:
  -v VERSION   version of Debian's source: 6.1 (the default), 6.1.176, 6.1.176-1, newest
  -a ARCH      x86_64 or aarch64
  -g VENDOR    a kernel for a passed-through GPU: nvidia or intel
  -x           a kernel for a confidential guest (SEV-SNP, TDX)
  -c CONFIG    a fragment that wins over ours, or a whole .config that takes their place
  -p PATCHDIR  patches (*.patch) for the source
  -k KERNELDIR a source tree instead of Debian's
  -e           experimental: the newest source that apt offers
  -f           force: throw away what an earlier build left
  -d           debug: print each command
  -h           this help
USAGE
}

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 2
}

# The program of the checkout this script lies in, else the installed one.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skerry="$here/../../out/bin/skerry"
[ -x "$skerry" ] || skerry=$(command -v skerry || true)

options=() flavour=""
# choose FLAVOUR: a kernel has one.
choose() {
    [ -z "$flavour" ] || fail "-g and -x, or two vendors, exclude each other"
    flavour=$1
}
while getopts ":v:a:g:c:p:k:xefdh" option; do
    case "$option" in
        v) options+=(--release "${OPTARG#v}") ;;
        a) options+=(--arch "$OPTARG") ;;
        g)
            case "$OPTARG" in
                nvidia) choose gpu ;;
                intel) choose gpu-intel ;;
                *) fail "-g takes nvidia or intel, not \"$OPTARG\"" ;;
            esac
            ;;
        x) choose confidential ;;
        c) options+=(--kernel-config "$OPTARG") ;;
        p) options+=(--patches "$OPTARG") ;;
        k) options+=(--source "$OPTARG") ;;
        e) options+=(--release newest) ;;
        f) options+=(--fresh) ;;
        d) set -x ;;
        h)
            usage
            exit 0
            ;;
        :) fail "-$OPTARG needs a value; see build-kernel.sh -h" ;;
        *) fail "there is no option -$OPTARG; see build-kernel.sh -h" ;;
    esac
done
shift $((OPTIND - 1))
case "${1:-}" in
    setup | build | install) step=$1 ;;
    "") fail "say what to do: setup, build or install; see build-kernel.sh -h" ;;
    *) fail "there is no step \"$1\": use setup, build or install" ;;
esac
[ $# = 1 ] || fail "what stands behind \"$step\" is not understood: ${*:2}; options come first"
[ -n "$skerry" ] || fail "the program \"skerry\" is neither built (make build) nor installed"

[ -z "$flavour" ] || options+=(--flavour "$flavour")
if [ "$step" = install ] && [ -n "${PREFIX:-}" ]; then
    options+=(--output "${DESTDIR:-}$PREFIX/share/skerry/kernel")
fi
exec "$skerry" kernel "$step" "${options[@]}"
