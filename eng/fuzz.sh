#!/usr/bin/env bash
# Fuzzes every parser of untrusted bytes, MINUTES (10) each, or only the targets named. A finding prints the command that repeats it.
set -euo pipefail
. "$(dirname "$0")/common.sh"

say "fuzzing for ${MINUTES:=10} minutes each"
dotnet build "$ROOT/tests/Skerry.Fuzz" -c Release -v q --nologo
exec "$ROOT/tests/Skerry.Fuzz/bin/Release/net10.0/Skerry.Fuzz" fuzz "$@" --seconds "$((MINUTES * 60))"
