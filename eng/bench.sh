#!/usr/bin/env bash
# Measures ours beside the references in one run: a table on the terminal, JSON and a chart under bench/results.
#   eng/bench.sh [SAMPLES]           everything
#   eng/bench.sh kernel [SAMPLES]    guest kernels: Debian's beside that of make kernel
#   eng/bench.sh image [SAMPLES]     guest roots: disk images beside an initramfs, with the kernel of make kernel
#   eng/bench.sh pods [SAMPLES [CYCLES]]   pods through containerd's CRI beside runc's, and 200 that come and go
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"

eng/packages.sh run build image test
eng/build.sh
eng/guest-image.sh
say "building the benchmarks"
dotnet build bench/Skerry.Bench/Skerry.Bench.csproj -c Release -v quiet --nologo
bench/Skerry.Bench/bin/Release/net10.0/Skerry.Bench "${@:-9}"
