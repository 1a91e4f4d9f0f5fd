#!/usr/bin/env bash
# Builds the programs into out/bin. Does nothing when their sources have not changed.
set -euo pipefail
. "$(dirname "$0")/common.sh"

command -v dotnet >/dev/null || fail "the .NET SDK 10 is not installed (no \"dotnet\" in PATH)"
cd "$ROOT"
stamp="$OUT/.stamps/programs"
digest=$(hash_of src protos packaging/kernel eng/Executable.props Directory.Build.props Directory.Packages.props global.json)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then
    exit 0
fi

mkdir -p "$OUT/bin" "$OUT/.stamps"
for project in Skerry.Agent Skerry.Shim Skerry.Cli; do
    say "building $project (NativeAOT)"
    dotnet publish "src/$project/$project.csproj" -c Release -o "$OUT/publish/$project" -v quiet --nologo
done
for program in Skerry.Agent/skerry-agent Skerry.Shim/containerd-shim-skerry-v2 Skerry.Cli/skerry; do
    # A running program's file cannot be written over; a rename always works.
    cp "$OUT/publish/$program" "$OUT/bin/.new" && mv "$OUT/bin/.new" "$OUT/bin/${program##*/}"
done
ln -sfn containerd-shim-skerry-v2 "$OUT/bin/containerd-shim-kata-v2"
ln -sfn skerry "$OUT/bin/kata-runtime"
echo "$digest" >"$stamp"
