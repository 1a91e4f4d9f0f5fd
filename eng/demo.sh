#!/usr/bin/env bash
# Sets everything up and runs a container in its own micro-VM. A second run finds everything made and takes seconds.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"

eng/packages.sh run build demo
eng/build.sh
eng/guest-image.sh
export SKERRY_DATA_DIR="$OUT/demo/data" SKERRY_STATE_DIR="$OUT/demo/run"
PATH="$OUT/bin:$PATH"

if ! skerry image list --quiet | grep -q "^busybox:"; then
    say "making the image \"busybox\" from Debian's busybox-static"
    skerry image import --name busybox busybox:/bin/busybox
fi

name=demo-$$
trap 'skerry rm -f "$name" >/dev/null 2>&1 || true' EXIT
say "running a container in a micro-VM"
report=$(mktemp)
guest=$(skerry run --rm --timeline busybox uname -sr 2>"$report")

skerry run -d --name "$name" busybox sleep 1000 >/dev/null
agent=$(skerry metrics "$name" | awk '/^kata_agent_total_rss/ {print $2 / 1048576}')

echo
echo "Host kernel    $(uname -sr)"
echo "Guest kernel   $guest"
skerry check | sed -n 's/^[a-z]* *accelerator */Accelerator    /p'
echo
echo "Time line of the start and the end (milliseconds)"
sed 's/^/  /' "$report"
echo
echo "Memory of the host's processes for one container (share of resident memory)"
skerry inspect "$name" | tr -d '",' | awk '$1 == "role:" {role = $2} $1 == "pssKiB:" {printf "  %-10s %7.1f MiB\n", role, $2 / 1024}'
printf '  %-10s %7.1f MiB, in the guest\n' agent "$agent"
rm -f "$report"
cat <<NEXT

What to try next:
  export PATH="$OUT/bin:\$PATH" SKERRY_DATA_DIR=$OUT/demo/data
  skerry run --rm -it busybox sh        a shell in a micro-VM
  skerry check                          what this machine can do
  skerry --help                         everything else
NEXT
