#!/usr/bin/env bash
# Makes the guest kernel, the initramfs and the default configuration in out/share/skerry. Does nothing when they are there.
set -euo pipefail
. "$(dirname "$0")/common.sh"

"$ROOT/eng/packages.sh" run
"$OUT/bin/skerry" image build --output "$OUT/share/skerry" --cache "$OUT/cache/kernel"
install -m 0644 "$ROOT/packaging/configuration.toml" "$OUT/share/skerry/configuration.toml"
