#!/usr/bin/env bash
# The checks that are not tests: the libraries also compile for net10.0, scripts pass shellcheck, the tree is clean of leftovers.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"

say "shellcheck"
shellcheck -x eng/*.sh packaging/kernel/*.sh packaging/osbuilder/*.sh packaging/osbuilder/*/*.sh .ci/run

say "libraries for net10.0"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
dotnet build src/Skerry.Sandbox/Skerry.Sandbox.csproj -c Release -v quiet --nologo \
    -p:SkerryTargetFramework=net10.0 -p:UseArtifactsOutput=true -p:ArtifactsPath="$scratch"
