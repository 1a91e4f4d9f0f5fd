#!/usr/bin/env bash
# Installs what `make image` built, or removes it again.
#   eng/install.sh [--remove] DESTDIR PREFIX
set -euo pipefail
. "$(dirname "$0")/common.sh"

remove=no
if [ "${1:-}" = --remove ]; then
    remove=yes
    shift
fi
[ $# = 2 ] || fail "usage: eng/install.sh [--remove] DESTDIR PREFIX"
prefix=$1$2
case "$2" in /*) ;; *) fail "PREFIX must be an absolute path, not \"$2\"" ;; esac

programs=(skerry containerd-shim-skerry-v2 skerry-agent)
links=(kata-runtime:skerry containerd-shim-kata-v2:containerd-shim-skerry-v2)

if [ "$remove" = yes ]; then
    for program in "${programs[@]}" "${links[@]%%:*}"; do rm -f "$prefix/bin/$program"; done
    rm -rf "$prefix/share/skerry"
    rmdir --ignore-fail-on-non-empty -p "$prefix/bin" "$prefix/share" 2>/dev/null || true
    exit 0
fi

install -d "$prefix/bin" "$prefix/share/skerry"
for program in "${programs[@]}"; do install -m 0755 "$OUT/bin/$program" "$prefix/bin/$program"; done
for link in "${links[@]}"; do ln -sfn "${link#*:}" "$prefix/bin/${link%%:*}"; done
for asset in vmlinux vmlinuz initrd.img configuration.toml; do
    if [ -f "$OUT/share/skerry/$asset" ]; then
        install -m 0644 "$OUT/share/skerry/$asset" "$prefix/share/skerry/$asset"
    fi
done
if [ -f "$OUT/share/skerry/kernel/vmlinux" ]; then
    install -d "$prefix/share/skerry/kernel"
    install -m 0644 "$OUT"/share/skerry/kernel/[!.]* "$prefix/share/skerry/kernel/"
fi
say "installed into $prefix; for containerd: ln -s $2/bin/containerd-shim-skerry-v2 /usr/local/bin/"
