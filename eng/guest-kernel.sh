#!/usr/bin/env bash
# Builds the minimal guest kernel into out/share/skerry/kernel, where eng/guest-image.sh takes it from. Does nothing when it is there.
# SKERRY_CACHE names a directory beside the checkout where source, objects and the finished kernel are kept; without it, out/cache.
set -euo pipefail
. "$(dirname "$0")/common.sh"

"$ROOT/eng/packages.sh" kernel
"$OUT/bin/skerry" kernel install --output "$OUT/share/skerry/kernel" --work "${SKERRY_CACHE:-$OUT/cache}/kernel-build" "$@"
